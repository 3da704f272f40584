# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of torch.optim: 200 steps on given gradients that change sign and size, in float64.

Six parameters start at `recipe([6], 1, 0.5)`. The gradient of element i at step t (both from 0) is GRADIENTS[i](t):

    0: cos(1.3 t)                            ordinary
    1: 10 ** (2 sin(0.11 t)) * cos(0.7 t)    size from 0.01 to 100
    2: 1e-9 * sin(0.9 t + 1)                 so small that epsilon rules
    3: 0 for t < 30, then sin(t)             starts late
    4: 1 - 0.01 t                            changes sign once, slowly
    5: (-1) ** t * (t % 5)                   jumps, with zeros

`parameters[k]` holds the values after step SAMPLED[k] (from 1). In scheduled runs half_cosine multiplies the learning
rate at step t.

Run: python3 optimizers.py, or with --check to compare with optimizers.json
"""

import math

import torch

from common import numbers, recipe, versions, write

STEPS = 200
SAMPLED = [1, 2, 3, 4, 5, 10, 20, 31, 32, 33, 50, 75, 100, 125, 150, 175, 200]
GRADIENTS = [
    lambda t: math.cos(1.3 * t),
    lambda t: 10 ** (2 * math.sin(0.11 * t)) * math.cos(0.7 * t),
    lambda t: 1e-9 * math.sin(0.9 * t + 1),
    lambda t: 0.0 if t < 30 else math.sin(t),
    lambda t: 1 - 0.01 * t,
    lambda t: (-1) ** t * float(t % 5),
]


def half_cosine(t):
    """Warm-up over 20 steps, then half a cosine to 0 at step 200."""
    return t / 20 if t < 20 else (1 + math.cos(math.pi * (t - 20) / 180)) / 2


def sgd(**options):
    return "sgd", options, lambda p: torch.optim.SGD([p], **options)


def adam(**options):
    make = dict(lr=options["lr"], betas=(options["beta1"], options["beta2"]), eps=options["eps"])
    return "adam", options, lambda p: torch.optim.Adam([p], **make)


RUNS = [
    (*sgd(lr=0.05), None),
    (*sgd(lr=0.05, momentum=0.9), None),
    (*sgd(lr=0.05, momentum=0.9, nesterov=True), None),
    (*sgd(lr=0.1, momentum=0.5), half_cosine),
    (*adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8), None),
    (*adam(lr=0.1, beta1=0.8, beta2=0.95, eps=1e-6), None),
    (*adam(lr=0.01, beta1=0.0, beta2=0.99, eps=1e-8), None),
    (*adam(lr=0.02, beta1=0.9, beta2=0.999, eps=0.1), None),
    (*adam(lr=0.05, beta1=0.9, beta2=0.98, eps=1e-9), half_cosine),
]


def trajectory(make, schedule):
    parameter = torch.nn.Parameter(recipe([len(GRADIENTS)], 1, 0.5))
    optimizer = make(parameter)
    peak = optimizer.param_groups[0]["lr"]
    sampled = []
    for t in range(STEPS):
        parameter.grad = torch.tensor([gradient(t) for gradient in GRADIENTS], dtype=torch.float64)
        if schedule is not None:
            optimizer.param_groups[0]["lr"] = peak * schedule(t)
        optimizer.step()
        if t + 1 in SAMPLED:
            sampled.append(numbers(parameter))
    return sampled


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "optimizers.json",
        {
            "versions": versions(),
            "steps": STEPS,
            "sampled": SAMPLED,
            "start": numbers(recipe([len(GRADIENTS)], 1, 0.5)),
            "gradients": [numbers(torch.tensor([g(t) for g in GRADIENTS], dtype=torch.float64)) for t in range(STEPS)],
            "runs": [
                {
                    "rule": rule,
                    "kind": "elements",
                    "scheduled": schedule is not None,
                    "options": options,
                    "parameters": trajectory(make, schedule),
                }
                for rule, options, make, schedule in RUNS
            ],
        },
    )
