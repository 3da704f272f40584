# SPDX-License-Identifier: Apache-2.0
"""The workload of workload.ts in PyTorch, one thread, behind the protocol of harness/protocol.ts."""

import json
import sys
import time

import torch

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


def timed(step):
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1000


def main():
    trainer = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["do"] == "prepare":
            trainer = Trainer(message["workload"])
            name = "PyTorch " + message["workload"]["gradient"]
            threads = torch.get_num_threads()
            answer = {"name": name, "version": torch.__version__, "build": "CPU", "threads": threads}
        elif message["do"] == "losses":
            answer = {"losses": [trainer.step() for _ in range(message["steps"])]}
        else:
            answer = {"milliseconds": [timed(trainer.step) for _ in range(message["steps"])]}
        print(json.dumps(answer), flush=True)


main()
