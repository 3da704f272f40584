# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of torch.optim on the sparse gradients of an embedding, in float64.

A table of 7 rows of 3 starts at `recipe([7, 3], 1, 0.5)`. Step t (from 0) looks up two batches of four ids,

    first[j] = (t * t + 3 * j * j + j) % 5        second[j] = (t + j) % 3 if t is odd, else none

with `torch.nn.functional.embedding(..., sparse=True)`; the loss is the sum of the looked-up rows, first before second,
times the weights `10 ** sin(0.11 t) * cos(0.7 t + i + i * i / 7)`, i counting their elements. So ids repeat inside a
batch and between batches, rows 3 and 4 miss some steps, and rows 5 and 6 are never used.

`parameters[k]` holds the table after step SAMPLED[k] (from 1).

Run: python3 sparse_optimizers.py, or with --check to compare with sparse-optimizers.json
"""

import math

import torch

from common import numbers, recipe, versions, write

ROWS, WIDTH, STEPS = 7, 3, 100
SAMPLED = [1, 2, 3, 5, 10, 20, 50, 100]


def ids(t):
    """The batches of step t."""
    first = [(t * t + 3 * j * j + j) % 5 for j in range(4)]
    second = [(t + j) % 3 for j in range(4)]
    return [first, second] if t % 2 else [first]


def weights(t, count):
    size = 10 ** math.sin(0.11 * t)
    return torch.tensor([size * math.cos(0.7 * t + i + i * i / 7) for i in range(count)], dtype=torch.float64)


def sgd(**options):
    return "sgd", options, lambda p: torch.optim.SGD([p], **options)


def adagrad(**options):
    return "adagrad", options, lambda p: torch.optim.Adagrad([p], **options)


def sparse_adam(**options):
    make = dict(lr=options["lr"], betas=(options["beta1"], options["beta2"]), eps=options["eps"])
    return "sparseAdam", options, lambda p: torch.optim.SparseAdam([p], **make)


RUNS = [
    sgd(lr=0.05),
    adagrad(lr=0.1, eps=1e-10, initial_accumulator_value=0, lr_decay=0),
    adagrad(lr=0.3, eps=1e-3, initial_accumulator_value=0.1, lr_decay=0.01),
    sparse_adam(lr=0.05, beta1=0.9, beta2=0.999, eps=1e-8),
    sparse_adam(lr=0.02, beta1=0.8, beta2=0.95, eps=1e-2),
]


def trajectory(make):
    table = torch.nn.Parameter(recipe([ROWS, WIDTH], 1, 0.5))
    optimizer = make(table)
    sampled = []
    for t in range(STEPS):
        optimizer.zero_grad()
        looked_up = [torch.nn.functional.embedding(torch.tensor(batch), table, sparse=True) for batch in ids(t)]
        rows = torch.cat(looked_up).reshape(-1)
        (rows * weights(t, len(rows))).sum().backward()
        assert table.grad.is_sparse
        optimizer.step()
        if t + 1 in SAMPLED:
            sampled.append(numbers(table))
    return sampled


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "sparse-optimizers.json",
        {
            "versions": versions(),
            "steps": STEPS,
            "sampled": SAMPLED,
            "start": numbers(recipe([ROWS, WIDTH], 1, 0.5)),
            "runs": [
                {"rule": rule, "options": options, "parameters": trajectory(make)} for rule, options, make in RUNS
            ],
        },
    )
