# SPDX-License-Identifier: Apache-2.0
"""The optimizer workload in PyTorch: torch.optim.Adam, fused where this version has that on the CPU.

Protocol: benchmarks/harness/protocol.ts. Numbers: benchmarks/optimizer/workload.ts.
"""

import json
import sys
import time

import torch

SAMPLES = 16

torch.set_num_threads(1)


class Trainer:
    def __init__(self, workload):
        count, size = workload["tensors"], workload["size"]
        i = torch.arange(size, dtype=torch.float64)
        self.parameters = []
        for k in range(count):
            parameter = torch.nn.Parameter(torch.cos(k + i).to(torch.float32))
            parameter.grad = torch.sin(k + i).to(torch.float32)
            self.parameters.append(parameter)
        options = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
        try:
            self.optimizer = torch.optim.Adam(self.parameters, fused=True, **options)
            self.build = "fused"
        except (RuntimeError, TypeError):
            self.optimizer = torch.optim.Adam(self.parameters, **options)
            self.build = "one tensor at a time"

    def step(self):
        self.optimizer.step()
        elements = self.parameters[0].detach()
        stride = len(elements) // SAMPLES
        return elements[: SAMPLES * stride : stride].sum().item()


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
            threads = torch.get_num_threads()
            answer = {"name": "PyTorch", "version": torch.__version__, "build": trainer.build, "threads": threads}
        elif message["do"] == "losses":
            answer = {"losses": [trainer.step() for _ in range(message["steps"])]}
        else:
            answer = {"milliseconds": [timed(trainer.step) for _ in range(message["steps"])]}
        print(json.dumps(answer), flush=True)


main()
