# SPDX-License-Identifier: Apache-2.0
"""The workload of workload.ts in PyTorch, one thread: torch.optim.Adam, fused where this version has that on the CPU."""

import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[1] / "harness"))
from serve import serve

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
            build = "fused"
        except (RuntimeError, TypeError):
            self.optimizer = torch.optim.Adam(self.parameters, **options)
            build = "one tensor at a time"
        threads = torch.get_num_threads()
        self.identity = {"name": "PyTorch", "version": torch.__version__, "build": build, "threads": threads}

    def step(self):
        self.optimizer.step()
        elements = self.parameters[0].detach()
        stride = len(elements) // SAMPLES
        return elements[: SAMPLES * stride : stride].sum().item()


serve(Trainer)
