# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of Optax on the runs of ../optimizer_runs.py, which explains them, and on runs of its wrappers.

Where Optax writes a rule another way, its own numbers are chosen so that both are one; runs for which there are none
are left out:

- amsgrad: Optax corrects v before the maximum is taken, or not at all. Uncorrected, with a learning rate of
  `rate * sqrt(1 - beta2^t)` and an epsilon of `epsilon * sqrt(1 - beta2^t)`, it corrects the maximum.
- radam: epsilon is added to the corrected root, so that `epsilon / sqrt(1 - beta2^t)` is added to the root itself.
- nadam: Optax's momentum is constant.
- rmsprop: the velocity contains the rate, unless the parts are chained in another order. epsilon is added to the root.
- adagrad: epsilon is below the root, where it is but a part of the initial sum; none is added to the root.
- adafactor: Optax adds epsilon to g^2 and has no lower bound of its averages, so both are as good as none. Its rate is
  `min(rate, 1 / sqrt(t))` by hand, its decay not multiplied by the rate. It computes beta2 in float32.
- muon: Optax corrects the bias of the momentum, which a count that begins at a million leaves undone.
- asgd, averageParameters: made of Optax's SGD and `incremental_update`, for there is neither.

`averages` are also the slow weights of lookahead.

Run: python3 optimizers.py, or with --check to compare with optimizers.json
"""

import math

import jax
import jax.numpy as jnp
import optax
from optax.contrib import _muon

from common import numbers, versions, write
import optimizer_runs as golden

NONE = 1e-30
CONSTANT = 1e6


def by_step(values):
    """A schedule of the numbers of all steps."""
    table = jnp.array(values)
    return lambda count: table[count]


def uncorrected(options):
    """sqrt(1 - beta2^t) of every step."""
    return [math.sqrt(1 - options["beta2"] ** (t + 1)) for t in range(golden.STEPS)]


def adam(options):
    return {"b1": options["beta1"], "b2": options["beta2"], "eps": options["epsilon"]}


def l2(rule, options):
    return optax.chain(optax.add_decayed_weights(options["weightDecay"]), rule)


def amsgrad(rates, o):
    roots = uncorrected(o)
    rate = by_step([rate * root for rate, root in zip(rates, roots)])
    epsilon = by_step([o["epsilon"] * root for root in roots])
    make = optax.inject_hyperparams(optax.amsgrad, static_args=("bias_correction_nu",))
    return make(rate, o["beta1"], o["beta2"], epsilon, bias_correction_nu=False)


def radam(rates, o):
    epsilon = by_step([o["epsilon"] / root for root in uncorrected(o)])
    return optax.inject_hyperparams(optax.radam, static_args=("threshold",))(by_step(rates), o["beta1"], o["beta2"], epsilon)


def nadam(rates, o):
    if o["momentumDecay"] != CONSTANT:
        return None
    return optax.nadamw(by_step(rates), **adam(o), weight_decay=o.get("weightDecay", 0))


def rmsprop(rates, o):
    scale = optax.scale_by_stddev if o["centered"] else optax.scale_by_rms
    scaled = scale(decay=o["rho"], eps=o["epsilon"], eps_in_sqrt=False)
    return optax.chain(scaled, optax.trace(o["momentum"]), optax.scale_by_learning_rate(by_step(rates)))


def adagrad(rates, o):
    if o["epsilon"] != NONE:
        return None
    below = 0.4 * o["initialAccumulator"]
    return optax.adagrad(by_step(rates), o["initialAccumulator"] - below, below)


def adafactor(rates, o):
    if o["epsilon1"] != NONE:
        return None
    rate = by_step([min(rate, 1 / math.sqrt(t + 1)) for t, rate in enumerate(rates)])
    decay = o["learningRate"] * o["weightDecay"]
    return optax.adafactor(
        rate, min_dim_size_to_factor=1, decay_rate=-o["beta2Decay"], clipping_threshold=o["clipThreshold"], weight_decay_rate=decay, eps=NONE**2
    )


def muon(rates, o):
    dimensions = _muon.MuonDimensionNumbers()
    orthogonal = _muon.scale_by_muon(beta=o["momentum"], eps=0, nesterov=o["nesterov"], weight_dimension_numbers=dimensions)
    late = optax.GradientTransformation(lambda p: orthogonal.init(p)._replace(count=jnp.int32(1e6)), orthogonal.update)
    scaled = _muon.scale_by_shape(dimensions, 0.2 if o["scaling"] == "matchAdam" else None)
    return optax.chain(late, scaled, optax.add_decayed_weights(o["weightDecay"]), optax.scale_by_learning_rate(by_step(rates)))


def asgd(rates, o):
    eta = by_step([rate / (1 + o["lambda"] * rate * t) ** o["power"] for t, rate in enumerate(rates)])
    return optax.chain(optax.add_decayed_weights(o["lambda"]), optax.sgd(eta))


MAKERS = {
    "sgd": lambda rates, o: l2(optax.sgd(by_step(rates), o["momentum"], o["nesterov"]), o),
    "averageParameters": lambda rates, o: optax.sgd(by_step(rates)),
    "adam": lambda rates, o: l2(optax.adam(by_step(rates), **adam(o)), o),
    "adamw": lambda rates, o: optax.adamw(by_step(rates), **adam(o), weight_decay=o["weightDecay"]),
    "amsgrad": amsgrad,
    "nadam": nadam,
    "decoupledWeightDecay": nadam,
    "radam": radam,
    "adamax": lambda rates, o: optax.adamax(by_step(rates), **adam(o)),
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adadelta": lambda rates, o: optax.adadelta(by_step(rates), o["rho"], o["epsilon"]),
    "lion": lambda rates, o: optax.lion(by_step(rates), o["beta1"], o["beta2"], weight_decay=o["weightDecay"]),
    "lamb": lambda rates, o: optax.lamb(by_step(rates), **adam(o), weight_decay=o["weightDecay"]),
    "asgd": asgd,
    "adafactor": adafactor,
    "muon": muon,
    "clipByValue": lambda rates, o: optax.chain(optax.clip(o["limit"]), optax.sgd(by_step(rates))),
    "clipByGlobalNorm": lambda rates, o: optax.chain(optax.clip_by_global_norm(o["maxNorm"]), optax.sgd(by_step(rates))),
    "adaptiveClip": lambda rates, o: optax.chain(optax.adaptive_grad_clip(o["clipping"]), optax.sgd(by_step(rates))),
    "accumulateGradients": lambda rates, o: optax.MultiSteps(
        optax.adam(by_step(rates), **adam(o)), o["steps"], accumulator_dtype="float64"
    ).gradient_transformation(),
    "lookahead": lambda rates, o: optax.lookahead(optax.adam(by_step(rates), **adam(o)), o["syncPeriod"], o["slowStepSize"]),
}
WRAPPER_RUNS = [
    *golden.elements("clipByValue", learningRate=[0.05], limit=[0.5]),
    *golden.elements("clipByGlobalNorm", learningRate=[0.05], maxNorm=[2]),
    *golden.matrices("adaptiveClip", learningRate=[0.05], clipping=[0.1]),
    *golden.elements("accumulateGradients", steps=[1, 4], learningRate=[0.05], **golden.FAST, epsilon=[1e-8]),
    *golden.elements("lookahead", syncPeriod=[6], slowStepSize=[0.5, 0.8], learningRate=[0.05], **golden.FAST, epsilon=[1e-8]),
]


def average_weight(run, t):
    """The part of the way that an average goes towards the parameters at step t."""
    options = run["options"]
    if run["rule"] == "asgd":
        return 1 / max(1, t - options["start"])
    return 1 - options["decay"] if t > 0 else 1


def trajectory(run, transform):
    parameters = jnp.array(golden.start(run)).reshape(golden.shape(run))
    average = parameters
    if run["rule"] == "lookahead":
        parameters = optax.LookaheadParams.init_synced(parameters)
    state = transform.init(parameters)
    update = jax.jit(transform.update)
    reached = {"parameters": [], "averages": []}
    for t in range(golden.STEPS):
        gradient = jnp.array(golden.gradient(run, t)).reshape(golden.shape(run))
        updates, state = update(gradient, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        fast = parameters.fast if run["rule"] == "lookahead" else parameters
        if run["rule"] in golden.AVERAGING:
            average = optax.incremental_update(fast, average, average_weight(run, t))
        if t + 1 in golden.SAMPLED:
            reached["parameters"].append(numbers(fast))
            reached["averages"].append(numbers(parameters.slow if run["rule"] == "lookahead" else average))
    return reached if run["rule"] in (*golden.AVERAGING, "lookahead") else {"parameters": reached["parameters"]}


if __name__ == "__main__":
    made = [(run, MAKERS[run["rule"]](golden.rates(run), run["options"])) for run in golden.RUNS + WRAPPER_RUNS]
    runs = [{**run, **trajectory(run, transform)} for run, transform in made if transform is not None]
    write("optimizers.json", {"versions": versions(), "sampled": golden.SAMPLED, "runs": runs})
