# SPDX-License-Identifier: Apache-2.0
"""Golden schedules of torch.optim.lr_scheduler: the learning rate of every step from 0.

`values[s]` is the rate at step s, before the scheduler's step. `options` are PyTorch's; warm-ups are a SequentialLR of
LinearLR from `start_factor` over `warmup` steps and the schedule. Noam is a LambdaLR of equation 3 of "Attention Is All
You Need". Plateau runs hold the metric that each step is given, and the rate after it.

Run: python3 schedules.py, or with --check to compare with schedules.json
"""

import math
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

from common import versions, write

STEPS = 70


def rates(make, lr, steps=STEPS):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(float(f"{optimizer.param_groups[0]['lr']:.15g}"))
        optimizer.step()
        scheduler.step()
    return values


def run(schedule, lr, make, steps=STEPS, **options):
    return {"schedule": schedule, "lr": lr, "options": options, "values": rates(lambda o: make(o, **options), lr, steps)}


def warm(optimizer, warmup, start_factor, T_max):
    rise = schedulers.LinearLR(optimizer, start_factor=start_factor, total_iters=warmup)
    fall = schedulers.CosineAnnealingLR(optimizer, T_max)
    return schedulers.SequentialLR(optimizer, [rise, fall], [warmup])


def noam(optimizer, units, warmup):
    return schedulers.LambdaLR(optimizer, lambda s: units**-0.5 * min((s + 1) ** -0.5, (s + 1) * warmup**-1.5))


def joined(optimizer, gamma, boundaries):
    parts = [schedulers.ConstantLR(optimizer, 1), schedulers.ExponentialLR(optimizer, gamma), schedulers.StepLR(optimizer, 7)]
    return schedulers.SequentialLR(optimizer, parts, boundaries)


def plateau(lr, metrics, **options):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = schedulers.ReduceLROnPlateau(optimizer, eps=0, **options)
    values = []
    for metric in metrics:
        scheduler.step(metric)
        values.append(optimizer.param_groups[0]["lr"])
    return {"schedule": "reduceOnPlateau", "lr": lr, "options": options, "metrics": metrics, "values": values}


def metrics(scale):
    """Falls, rests with noise, falls again, rests."""
    return [round(scale * (1 / (1 + (t if t < 12 else 12)) + 0.02 * math.cos(1.7 * t) - (0.3 if t > 35 else 0)), 6) for t in range(STEPS)]


OneCycle, Cyclic = schedulers.OneCycleLR, schedulers.CyclicLR
RUNS = [
    run("stepDecay", 0.5, schedulers.StepLR, step_size=9, gamma=0.3),
    run("multiStepDecay", 0.5, schedulers.MultiStepLR, milestones=[1, 10, 33], gamma=0.2),
    run("exponentialDecay", 0.5, schedulers.ExponentialLR, gamma=0.93),
    run("polynomialDecay", 0.5, schedulers.PolynomialLR, total_iters=50, power=1.0),
    run("polynomialDecay", 0.5, schedulers.PolynomialLR, total_iters=50, power=2.5),
    run("cosineDecay", 0.5, schedulers.CosineAnnealingLR, steps=51, T_max=50, eta_min=0.05),
    run("cosineRestarts", 0.5, schedulers.CosineAnnealingWarmRestarts, T_0=11, T_mult=1, eta_min=0.01),
    run("cosineRestarts", 0.5, schedulers.CosineAnnealingWarmRestarts, T_0=5, T_mult=2, eta_min=0),
    run("warmup", 0.5, warm, steps=61, warmup=10, start_factor=0.1, T_max=50),
    run("inverseSquareRoot", 1, noam, units=64, warmup=13),
    run("joinSchedules", 0.5, joined, gamma=0.9, boundaries=[10, 31]),
    *(
        run("oneCycle", 0.1, OneCycle, max_lr=0.5, total_steps=STEPS, pct_start=pct_start, anneal_strategy=anneal, div_factor=20.0, final_div_factor=100.0, three_phase=three, cycle_momentum=False)
        for anneal in ("cos", "linear")
        for pct_start, three in ((0.3, False), (0.25, False), (0.4, True))
    ),
    *(
        run("cyclic", 0.1, Cyclic, base_lr=0.1, max_lr=0.5, step_size_up=6, step_size_down=down, mode=mode, gamma=0.97, cycle_momentum=False)
        for mode in ("triangular", "triangular2", "exp_range")
        for down in (6, 13)
    ),
    plateau(0.5, metrics(1), factor=0.5, patience=3, threshold=0.01),
    plateau(0.5, metrics(1), factor=0.2, patience=2, threshold=0.05, threshold_mode="abs", cooldown=4, min_lr=0.001),
    plateau(0.5, metrics(-1), mode="max", factor=0.5, patience=0, threshold=1e-4, cooldown=1),
    plateau(0.5, metrics(-1), mode="max", factor=0.3, patience=5, threshold=0.02, threshold_mode="abs"),
]

if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=UserWarning)
    write("schedules.json", {"versions": versions(), "runs": RUNS})
