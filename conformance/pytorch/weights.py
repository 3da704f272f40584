# SPDX-License-Identifier: Apache-2.0
"""A small PyTorch model's `state_dict` as weights.safetensors, and in weights.json what it computes from token ids, in float32.

    ids -> embedding -> LSTM of two layers -> bidirectional GRU -> layer norm -> dense

Every tensor is filled by common.py's `recipe`, each with an offset of its own.

Run: python3 weights.py, or with --check to compare with weights.json
"""

import pathlib
import sys

import safetensors
import torch
from safetensors.torch import save_file

from common import recipe, shown, versions, write

IDS = [[0, 3, 5, 1], [6, 2, 2, 4]]


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(7, 3)
        self.lstm = torch.nn.LSTM(3, 4, 2, batch_first=True)
        self.gru = torch.nn.GRU(4, 3, batch_first=True, bidirectional=True)
        self.norm = torch.nn.LayerNorm(6)
        self.dense = torch.nn.Linear(6, 5)

    def forward(self, ids):
        x, _ = self.lstm(self.embedding(ids))
        x, _ = self.gru(x)
        return self.dense(self.norm(x))


def main():
    model = Model()
    values = {
        name: recipe(list(value.shape), 0.6, 10 + 3 * i).float() for i, (name, value) in enumerate(model.state_dict().items())
    }
    model.load_state_dict(values)
    if "--check" not in sys.argv:
        save_file(values, pathlib.Path(__file__).with_name("weights.safetensors"), metadata={"format": "pt"})
    with torch.no_grad():
        y = model(torch.tensor(IDS))
    write("weights.json", {"versions": {**versions(), "safetensors": safetensors.__version__}, "ids": IDS, "output": shown(y)})


if __name__ == "__main__":
    main()
