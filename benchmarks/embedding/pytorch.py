# SPDX-License-Identifier: Apache-2.0
"""The workload of workload.ts in PyTorch, one thread."""

import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[1] / "harness"))
from serve import serve

LEARNING_RATE, EPSILON, BATCHES = 0.05, 1e-8, 16

torch.set_num_threads(1)


def make_optimizer(parameters, rule, sparse):
    if rule == "sgd":
        return torch.optim.SGD(parameters, lr=LEARNING_RATE)
    if rule == "adagrad":
        return torch.optim.Adagrad(parameters, lr=LEARNING_RATE, eps=EPSILON)
    adam = torch.optim.SparseAdam if sparse else torch.optim.Adam
    return adam(parameters, lr=LEARNING_RATE, eps=EPSILON)


class Trainer:
    def __init__(self, workload):
        rows, width, ids = workload["rows"], workload["width"], workload["ids"]
        sparse = workload["gradient"] == "sparse"
        name, threads = "PyTorch " + workload["gradient"], torch.get_num_threads()
        self.identity = {"name": name, "version": torch.__version__, "build": "CPU", "threads": threads}
        values = torch.cos(torch.arange(rows * width, dtype=torch.float64)).to(torch.float32)
        self.table = torch.nn.Embedding(rows, width, sparse=sparse, _weight=values.reshape(rows, width))
        self.optimizer = make_optimizer(list(self.table.parameters()), workload["rule"], sparse)
        i = torch.arange(ids)
        self.batches = [(k * 7919 + i * i * 31 + i) % rows for k in range(BATCHES)]
        self.ids = ids
        self.steps = 0

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        batch = self.batches[self.steps % BATCHES]
        self.steps += 1
        loss = self.table(batch).square().sum() / self.ids
        loss.backward()
        self.optimizer.step()
        return loss.item()


serve(Trainer)
