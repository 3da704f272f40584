# SPDX-License-Identifier: Apache-2.0
"""Golden schedules of Optax: the value of every step from 0, in float64.

Run: python3 schedules.py, or with --check to compare with schedules.json
"""

import optax

from common import numbers, versions, write

STEPS = 70


def run(schedule, make, **options):
    function = make(**options)
    return {"schedule": schedule, "options": options, "values": [numbers(function(s))[0] for s in range(STEPS)]}


def joined(boundaries):
    parts = [optax.linear_schedule(0.1, 0.5, 10), optax.constant_schedule(0.5), optax.cosine_decay_schedule(0.5, 30, 0.1)]
    return optax.join_schedules(parts, boundaries)


RUNS = [
    run("polynomialDecay", optax.polynomial_schedule, init_value=0.5, end_value=0.1, power=2, transition_steps=40),
    run("polynomialDecay", optax.polynomial_schedule, init_value=0.1, end_value=0.5, power=1, transition_steps=40),
    run("exponentialDecay", optax.exponential_decay, init_value=0.5, transition_steps=10, decay_rate=0.7, staircase=False, end_value=0.1),
    run("exponentialDecay", optax.exponential_decay, init_value=0.5, transition_steps=10, decay_rate=0.7, staircase=True, end_value=0.0),
    run("cosineDecay", optax.cosine_decay_schedule, init_value=0.5, decay_steps=50, alpha=0.2),
    run("warmupCosine", optax.warmup_cosine_decay_schedule, init_value=0.02, peak_value=0.5, warmup_steps=8, decay_steps=60, end_value=0.05),
    run("warmupCosine", optax.warmup_cosine_decay_schedule, init_value=0.0, peak_value=0.5, warmup_steps=0, decay_steps=60, end_value=0.0),
    run("joinSchedules", joined, boundaries=[10, 25]),
]

if __name__ == "__main__":
    write("schedules.json", {"versions": versions(), "runs": RUNS})
