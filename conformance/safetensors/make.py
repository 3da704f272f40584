# SPDX-License-Identifier: Apache-2.0
"""Makes golden.safetensors and golden.json (the same tensors as numbers) with the Python package `safetensors`.

With a path as its argument it reads that file instead and prints each tensor: an independent look at what
`encodeSafetensors` wrote.

Run: python3 make.py            needs safetensors and torch
     python3 make.py FILE
"""

import json
import math
import pathlib
import sys

import safetensors
import torch
from safetensors.torch import save_file

DTYPES = {
    torch.float32: "float32",
    torch.float64: "float32",
    torch.float16: "float32",
    torch.bfloat16: "float32",
    torch.int32: "int32",
    torch.int64: "int32",
    torch.bool: "bool",
}


def cosines(shape, scale, offset):
    values = [scale * math.cos(offset + i + i * i / 7) for i in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


TENSORS = {
    "rnn/cell0/kernel": cosines([3, 4], 2, 1).float(),
    "scalar": torch.tensor(math.pi, dtype=torch.float32),
    "empty": torch.zeros(0, 3),
    "special": torch.tensor([math.inf, -math.inf, 0.0, -0.0, 1e-45, 3.4028234663852886e38], dtype=torch.float32),
    "steps": torch.tensor([[1, -2], [2**31 - 1, -(2**31)]], dtype=torch.int32),
    "long": torch.tensor([5, -6, 2**31 - 1, -(2**31)], dtype=torch.int64),
    "double": cosines([5], 1e3, 2),
    # Normal and subnormal halves, the largest one, infinities and both zeros.
    "half": torch.tensor([1.0, -2.5, 65504.0, 6e-8, 3e-5, 0.0, -0.0, math.inf, -math.inf, 0.333251953125], dtype=torch.float16),
    "brain": torch.tensor([1.0, -2.5, 3.3895313892515355e38, 1e-40, 0.0, -0.0, math.inf, -math.inf, 0.333984375], dtype=torch.bfloat16),
    "mask": torch.tensor([[True, False, True]]),
    "naïve \"name\"\n": torch.tensor([7.0]),
}


def shown(value):
    """A number that JSON has, or the name of one that it has not."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return int(value) if isinstance(value, bool) else value


def make():
    folder = pathlib.Path(__file__).parent
    save_file(TENSORS, folder / "golden.safetensors", metadata={"format": "pt", "note": "ünïcode"})
    expected = {
        name: {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "values": [shown(value) for value in (tensor.float() if tensor.is_floating_point() else tensor).reshape(-1).tolist()],
        }
        for name, tensor in TENSORS.items()
    }
    versions = {"safetensors": safetensors.__version__, "torch": torch.__version__}
    text = json.dumps({"versions": versions, "metadata": {"format": "pt", "note": "ünïcode"}, "tensors": expected}, indent=1)
    (folder / "golden.json").write_text(text + "\n")


def show(path):
    with safetensors.safe_open(path, framework="pt") as file:
        print(json.dumps(file.metadata()))
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            print(name, tensor.dtype, list(tensor.shape), tensor.reshape(-1).tolist())


if __name__ == "__main__":
    show(sys.argv[1]) if len(sys.argv) > 1 else make()
