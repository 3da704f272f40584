# SPDX-License-Identifier: Apache-2.0
"""The workload of workload.ts in PyTorch, one thread."""

import math
import pathlib
import platform
import sys

import torch
from torch import nn

sys.path.append(str(pathlib.Path(__file__).parents[1] / "harness"))
from serve import serve

torch.set_num_threads(1)

BETAS = (0.9, 0.999)
EPSILON = 1e-7


class Model(nn.Module):
    def __init__(self, hidden, embedding, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.lstm = nn.LSTM(embedding, hidden, num_layers=2, batch_first=True)
        self.dense = nn.Linear(hidden, vocabulary)

    def forward(self, ids):
        return self.dense(self.lstm(self.embedding(ids))[0])


def keras_weight(k, rows, columns):
    """Weight number `k` as workload.ts makes it: cos(k + i + i * i / 7) / sqrt(rows), in Keras's layout."""
    i = torch.arange(rows * columns, dtype=torch.float64)
    return (torch.cos(k + i + i * i / 7) * math.sqrt(1 / rows)).to(torch.float32).reshape(rows, columns)


def load_first_weights(model, hidden, embedding, vocabulary):
    """Keras's kernels are transposed here, and each LSTM has a second bias, which is zero."""
    lstm = model.lstm
    with torch.no_grad():
        model.embedding.weight.copy_(keras_weight(0, vocabulary, embedding))
        for layer, inputs in enumerate((embedding, hidden)):
            k = 1 + 3 * layer
            getattr(lstm, f"weight_ih_l{layer}").copy_(keras_weight(k, inputs, 4 * hidden).T)
            getattr(lstm, f"weight_hh_l{layer}").copy_(keras_weight(k + 1, hidden, 4 * hidden).T)
            bias = keras_weight(k + 2, 4 * hidden, 1).reshape(-1)
            getattr(lstm, f"bias_ih_l{layer}").copy_(bias)
            getattr(lstm, f"bias_hh_l{layer}").zero_()
        model.dense.weight.copy_(keras_weight(7, hidden, vocabulary).T)
        model.dense.bias.copy_(keras_weight(8, vocabulary, 1).reshape(-1))
    for layer in range(2):
        getattr(lstm, f"bias_hh_l{layer}").requires_grad_(False)


def batches(batch, steps, vocabulary):
    def ids(window, shift):
        return torch.tensor(
            [
                [(row * 31 + (window * steps + t + shift) * (row % 7 + 1)) % vocabulary for t in range(steps)]
                for row in range(batch)
            ]
        )

    return [(ids(window, 0), ids(window, 1)) for window in range(4)]


class Trainer:
    def __init__(self, workload):
        hidden, embedding, vocabulary = (workload[k] for k in ("hidden", "embedding", "vocabulary"))
        self.model = Model(hidden, embedding, vocabulary)
        load_first_weights(self.model, hidden, embedding, vocabulary)
        trainable = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(trainable, workload["learningRate"], BETAS, EPSILON)
        self.windows = batches(workload["batch"], workload["time"], vocabulary)
        self.steps = 0
        self.identity = {
            "name": "PyTorch",
            "version": torch.__version__,
            "build": f"{origin()}, {blas_in_use()}",
            "threads": torch.get_num_threads(),
        }

    def step(self):
        inputs, targets = self.windows[self.steps % len(self.windows)]
        self.steps += 1
        self.optimizer.zero_grad()
        logits = self.model(inputs)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()
        self.optimizer.step()
        return loss.item()


def blas_in_use():
    """The matrix library that this process has loaded: it decides most of the speed."""
    if torch.backends.mkl.is_available():
        return "MKL"
    with open("/proc/self/maps", encoding="utf-8") as maps:
        loaded = maps.read()
    if "openblas" in loaded:
        return "OpenBLAS"
    return "reference BLAS, which is slow: install OpenBLAS" if "libblas" in loaded else "unknown BLAS"


def origin():
    """Who built this PyTorch: the system's packagers, or those of the wheel that pip installs."""
    if not torch.__file__.startswith("/usr/lib/"):
        return "pip's wheel"
    try:
        return platform.freedesktop_os_release()["NAME"] + "'s build"
    except OSError:
        return "the system's build"


serve(Trainer)
