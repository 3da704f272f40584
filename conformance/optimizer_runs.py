# SPDX-License-Identifier: Apache-2.0
"""The runs of optimizers that every library makes: 200 steps on given gradients, over a grid of hyper-parameters.

A run has a `rule` and `options`, both by Tapeloop's names; `{pytorch,optax,keras}/optimizers.py` say by which call each
library computes the same. All is in float64.

`kind` elements: six parameters start at `cos(0.5 + i + i * i / 7)`; the gradient of element i at step t (both from 0) is
GRADIENTS[i](t):

    0: cos(1.3 t)                            ordinary
    1: 10 ** (2 sin(0.11 t)) * cos(0.7 t)    size from 0.01 to 100
    2: 1e-9 * sin(0.9 t + 1)                 so small that epsilon rules
    3: 0 for t < 30, then sin(t)             starts late
    4: 1 - 0.01 t                            changes sign once, slowly
    5: (-1) ** t * (t % 5)                   jumps, with zeros

`kind` matrix: one matrix of `shape` in Keras's layout, [inputs, outputs], starts at `0.5 * cos(1 + k + k * k / 7)`, k
counting elements in row-major order; the gradient of element k at step t is

    10 ** sin(0.11 t) * cos(0.7 t (1 + k / 10) + k + k * k / 7)

`schedule` says what multiplies the learning rate at step t: SCHEDULES.

In a result `parameters[i]` holds the values after step SAMPLED[i] (from 1), `averages[i]` those that the rule keeps.
"""

import itertools
import math

STEPS = 200
SAMPLED = [1, 2, 10, 32, 100, 200]
SHAPES = [[3, 5], [5, 3]]
AVERAGING = ("asgd", "averageParameters")
GRADIENTS = [
    lambda t: math.cos(1.3 * t),
    lambda t: 10 ** (2 * math.sin(0.11 * t)) * math.cos(0.7 * t),
    lambda t: 1e-9 * math.sin(0.9 * t + 1),
    lambda t: 0.0 if t < 30 else math.sin(t),
    lambda t: 1 - 0.01 * t,
    lambda t: (-1) ** t * float(t % 5),
]
SCHEDULES = {
    "constant": lambda t: 1,
    # Warm-up over 20 steps, then half a cosine to 0 at step 200.
    "halfCosine": lambda t: t / 20 if t < 20 else (1 + math.cos(math.pi * (t - 20) / 180)) / 2,
    "inverseTime": lambda t: 1 / (1 + 0.01 * t),
}


def start(run):
    """The parameters before the first step, as a flat list."""
    if run["kind"] == "elements":
        return [math.cos(0.5 + i + i * i / 7) for i in range(len(GRADIENTS))]
    return [0.5 * math.cos(1 + k + k * k / 7) for k in range(math.prod(run["shape"]))]


def gradient(run, t):
    """The gradient of step t, as a flat list."""
    if run["kind"] == "elements":
        return [gradient(t) for gradient in GRADIENTS]
    size = 10 ** math.sin(0.11 * t)
    return [size * math.cos(0.7 * t * (1 + k / 10) + k + k * k / 7) for k in range(math.prod(run["shape"]))]


def shape(run):
    return run.get("shape", [len(GRADIENTS)])


def rates(run):
    """The learning rate of every step."""
    factor = SCHEDULES[run["schedule"]]
    return [run["options"]["learningRate"] * factor(t) for t in range(STEPS)]


def elements(rule, schedule="constant", **axes):
    """A run for each combination of the lists in `axes`."""
    for values in itertools.product(*axes.values()):
        options = dict(zip(axes.keys(), values))
        yield {"rule": rule, "kind": "elements", "schedule": schedule, "options": options}


def matrices(rule, **axes):
    """The same on a matrix of each shape."""
    for run in elements(rule, **axes):
        for size in SHAPES:
            yield {**run, "kind": "matrix", "shape": size}


FAST, SLOW = dict(beta1=[0.8], beta2=[0.95]), dict(beta1=[0.9], beta2=[0.999])
# decoupledWeightDecay follows nadam; momentumDecay of a million makes NAdam's momentum constant; an
# epsilon of 1e-30 is none, but keeps 0/0 away.
RUNS = [
    *elements("sgd", learningRate=[0.05], momentum=[0, 0.9], nesterov=[False], weightDecay=[0, 0.1]),
    *elements("sgd", learningRate=[0.05], momentum=[0.9], nesterov=[True], weightDecay=[0, 0.1]),
    *elements("sgd", "halfCosine", learningRate=[0.1], momentum=[0.5], nesterov=[False], weightDecay=[0]),
    *elements("averageParameters", learningRate=[0.02], decay=[0.9, 0.99]),
    *elements("adam", learningRate=[0.001, 0.1], **SLOW, epsilon=[1e-8], weightDecay=[0]),
    *elements("adam", learningRate=[0.05], **FAST, epsilon=[1e-8, 1e-2], weightDecay=[0, 0.1]),
    *elements("adam", learningRate=[0.01], beta1=[0.0], beta2=[0.99], epsilon=[1e-8], weightDecay=[0]),
    *elements("adam", learningRate=[0.02], **SLOW, epsilon=[0.1], weightDecay=[0]),
    *elements("adam", "halfCosine", learningRate=[0.05], beta1=[0.9], beta2=[0.98], epsilon=[1e-9], weightDecay=[0]),
    *elements("adamw", learningRate=[0.05], **FAST, epsilon=[1e-8], weightDecay=[0, 0.2]),
    *elements("adamw", learningRate=[0.002], **SLOW, epsilon=[1e-3], weightDecay=[0.5]),
    *elements("adamw", "halfCosine", learningRate=[0.05], **SLOW, epsilon=[1e-8], weightDecay=[0.1]),
    *elements("amsgrad", learningRate=[0.01, 0.1], **FAST, epsilon=[1e-8, 1e-2]),
    *elements("amsgrad", "halfCosine", learningRate=[0.05], **SLOW, epsilon=[1e-8]),
    *elements("nadam", learningRate=[0.02], **FAST, epsilon=[1e-8], momentumDecay=[0, 0.004, 0.1]),
    *elements("nadam", learningRate=[0.02], **FAST, epsilon=[1e-8, 1e-2], momentumDecay=[1e6]),
    *elements("nadam", "halfCosine", learningRate=[0.02], **SLOW, epsilon=[1e-6], momentumDecay=[0.004, 1e6]),
    *elements("decoupledWeightDecay", learningRate=[0.02], **SLOW, epsilon=[1e-6], momentumDecay=[0.004, 1e6], weightDecay=[0.2]),
    *elements("decoupledWeightDecay", "halfCosine", learningRate=[0.02], **SLOW, epsilon=[1e-6], momentumDecay=[1e6], weightDecay=[0.2]),
    *elements("radam", learningRate=[0.02], **FAST, epsilon=[1e-8, 1e-2]),
    *elements("radam", "halfCosine", learningRate=[0.02], **SLOW, epsilon=[1e-8]),
    *elements("adamax", learningRate=[0.02], **FAST, epsilon=[1e-8, 1e-2]),
    *elements("adamax", "halfCosine", learningRate=[0.02], **SLOW, epsilon=[1e-8]),
    *elements("rmsprop", learningRate=[0.01], rho=[0.9, 0.99], epsilon=[1e-6], momentum=[0, 0.8], centered=[False, True]),
    *elements("rmsprop", "halfCosine", learningRate=[0.05], rho=[0.9], epsilon=[1e-2], momentum=[0.8], centered=[False, True]),
    *elements("adagrad", learningRate=[0.1], epsilon=[1e-10, 1e-3, 1e-30], initialAccumulator=[0, 0.1]),
    *elements("adagrad", "inverseTime", learningRate=[0.1], epsilon=[1e-10, 1e-30], initialAccumulator=[0.1]),
    *elements("adadelta", learningRate=[1, 0.3], rho=[0.9, 0.95], epsilon=[1e-6, 1e-3]),
    *elements("lion", learningRate=[0.01, 0.1], beta1=[0.9], beta2=[0.99, 0.95], weightDecay=[0, 0.1]),
    *elements("lamb", learningRate=[0.01, 0.05], **FAST, epsilon=[1e-6], weightDecay=[0, 0.1]),
    *matrices("lamb", learningRate=[0.02], **FAST, epsilon=[1e-3], weightDecay=[0, 0.1]),
    *elements("asgd", learningRate=[0.02], **{"lambda": [0, 0.05]}, power=[0.75], start=[0, 60]),
    *elements("adafactor", learningRate=[0.05], beta2Decay=[-0.8], epsilon1=[1e-7, 1e-30], epsilon2=[1e-3], clipThreshold=[1, 2], weightDecay=[0, 0.1]),
    *matrices("adafactor", learningRate=[0.05, 1], beta2Decay=[-0.8, -0.5], epsilon1=[1e-7, 1e-30], epsilon2=[1e-3], clipThreshold=[1], weightDecay=[0.1]),
    *matrices("muon", learningRate=[0.02], momentum=[0.95], nesterov=[True, False], weightDecay=[0, 0.1], scaling=["spectral"]),
    *matrices("muon", learningRate=[0.02], momentum=[0.8], nesterov=[True], weightDecay=[0.1], scaling=["matchAdam"]),
]
