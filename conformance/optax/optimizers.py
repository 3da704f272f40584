# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of Optax: 200 steps in float64, over a grid of hyper-parameters.

Kinds of runs, starts, gradients and samples are those of pytorch/optimizer_rules.py; matrices are in Keras's layout,
which is Optax's own. `averages` are the slow weights of lookahead.

Run: python3 optimizers.py, or with --check to compare with optimizers.json
"""

import itertools

import jax
import optax
from optax.contrib import _muon

from common import GRADIENTS, element_gradient, matrix_gradient, numbers, recipe, versions, write

STEPS = 200
SAMPLED = [1, 2, 10, 50, 100, 200]
SHAPE = [4, 3]


def grid(name, make, kind="elements", **axes):
    """A run for each combination of the lists in `axes`."""
    for values in itertools.product(*axes.values()):
        options = dict(zip(axes.keys(), values))
        yield {"rule": name, "kind": kind, "scheduled": False, "options": options}, make


def rmsprop(lr, alpha, eps, momentum, centered):
    return optax.rmsprop(lr, decay=alpha, eps=eps, eps_in_sqrt=False, momentum=momentum or None, centered=centered)


def muon(lr, momentum):
    return optax.chain(
        _muon.scale_by_muon(beta=momentum, nesterov=False, weight_dimension_numbers=_muon.MuonDimensionNumbers()),
        _muon.scale_by_shape(weight_dimension_numbers=_muon.MuonDimensionNumbers()),
        optax.scale(-lr),
    )


def adam(lr, beta1, beta2, eps):
    return optax.adam(lr, b1=beta1, b2=beta2, eps=eps)


FAST = dict(beta1=[0.8], beta2=[0.95])
RUNS = [
    *grid("sgd", lambda lr, momentum, nesterov: optax.sgd(lr, momentum, nesterov), lr=[0.05], momentum=[0.9], nesterov=[False, True]),
    *grid("adam", adam, lr=[0.05], **FAST, eps=[1e-8, 1e-2]),
    *grid("adamw", lambda lr, beta1, beta2, eps, weight_decay: optax.adamw(lr, beta1, beta2, eps, weight_decay=weight_decay), lr=[0.05], **FAST, eps=[1e-8], weight_decay=[0.2]),
    *grid("adamax", lambda lr, beta1, beta2, eps: optax.adamax(lr, beta1, beta2, eps), lr=[0.02], **FAST, eps=[1e-8, 1e-2]),
    *grid("radam", lambda lr, beta1, beta2, eps: optax.radam(lr, beta1, beta2, eps), lr=[0.02], **FAST, eps=[1e-30]),
    *grid("rmsprop", rmsprop, lr=[0.01], alpha=[0.9], eps=[1e-6], momentum=[0, 0.8], centered=[False, True]),
    *grid("adadelta", lambda lr, rho, eps: optax.adadelta(lr, rho, eps), lr=[0.3], rho=[0.95], eps=[1e-6]),
    *grid("lion", lambda lr, beta1, beta2, weight_decay: optax.lion(lr, beta1, beta2, weight_decay=weight_decay), lr=[0.01, 0.1], beta1=[0.9], beta2=[0.99, 0.95], weight_decay=[0, 0.1]),
    *grid("lamb", lambda lr, beta1, beta2, eps, weight_decay: optax.lamb(lr, beta1, beta2, eps, weight_decay=weight_decay), lr=[0.01, 0.05], **FAST, eps=[1e-6], weight_decay=[0, 0.1]),
    *grid("lamb", lambda lr, beta1, beta2, eps, weight_decay: optax.lamb(lr, beta1, beta2, eps, weight_decay=weight_decay), kind="matrix", lr=[0.02], **FAST, eps=[1e-3], weight_decay=[0.1]),
    *grid("muon", muon, kind="matrix", lr=[0.02], momentum=[0.9]),
    *grid("clipByValue", lambda lr, limit: optax.chain(optax.clip(limit), optax.sgd(lr)), lr=[0.05], limit=[0.5]),
    *grid("clipByGlobalNorm", lambda lr, maxNorm: optax.chain(optax.clip_by_global_norm(maxNorm), optax.sgd(lr)), lr=[0.05], maxNorm=[2]),
    *grid("adaptiveClip", lambda lr, clipping: optax.chain(optax.adaptive_grad_clip(clipping), optax.sgd(lr)), kind="matrix", lr=[0.05], clipping=[0.1]),
    *grid("accumulateGradients", lambda steps, **o: optax.MultiSteps(adam(**o), steps, accumulator_dtype="float64").gradient_transformation(), steps=[1, 4], lr=[0.05], **FAST, eps=[1e-8]),
    *grid("lookahead", lambda syncPeriod, slowStepSize, **o: optax.lookahead(adam(**o), syncPeriod, slowStepSize), syncPeriod=[6], slowStepSize=[0.5, 0.8], lr=[0.05], **FAST, eps=[1e-8]),
]


def trajectory(run, make):
    is_matrix = run["kind"] == "matrix"
    parameters = recipe(SHAPE, 0.5, 1) if is_matrix else recipe([len(GRADIENTS)], 1, 0.5)
    if run["rule"] == "lookahead":
        parameters = optax.LookaheadParams.init_synced(parameters)
    transform = make(**run["options"])
    state = transform.init(parameters)
    update = jax.jit(transform.update)
    reached = []
    for t in range(STEPS):
        gradient = matrix_gradient(SHAPE, t) if is_matrix else element_gradient(t)
        updates, state = update(gradient, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        if t + 1 in SAMPLED:
            reached.append(parameters)
    return reached


def golden(run, make):
    reached = trajectory(run, make)
    shape = {"shape": SHAPE} if run["kind"] == "matrix" else {}
    if run["rule"] == "lookahead":
        averages = [numbers(pair.slow) for pair in reached]
        return {**run, "parameters": [numbers(pair.fast) for pair in reached], "averages": averages}
    return {**run, **shape, "parameters": [numbers(x) for x in reached]}


if __name__ == "__main__":
    runs = [golden(run, make) for run, make in RUNS]
    write("optimizers.json", {"versions": versions(), "sampled": SAMPLED, "runs": runs})
