# SPDX-License-Identifier: Apache-2.0
"""What the golden scripts share: deterministic inputs, Keras layouts, and the way JSON is written.

Every tensor is filled with `scale * cos(offset + i + i * i / 7)`, `i` counting its elements in row-major order of the
KERAS layout. All values differ, the same formula runs anywhere, and the square keeps matrices at full rank (cosines of
equidistant angles would have rank 2).

Keras layouts: `kernel` is [inputs, gates * units] and `recurrent_kernel` [units, gates * units]. LSTM gates are ordered
i, f, c, o, which is PyTorch's own i, f, g, o with another name. GRU gates are ordered z, r, h where PyTorch has r, z, n.
"""

import math
import pathlib
import platform
import sys

import torch

# golden_files and optimizer_runs are there.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
import golden_files


def recipe(shape, scale, offset):
    """A float64 tensor of `scale * cos(offset + i + i * i / 7)`."""
    count = math.prod(shape)
    values = [scale * math.cos(offset + i + i * i / 7) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def versions():
    """The versions that the numbers were made with."""
    return {"torch": torch.__version__, "python": platform.python_version(), "machine": platform.machine()}


def numbers(tensor):
    """Elements in row-major order, with 14 digits of a double or 9 of a float."""
    digits = 14 if tensor.dtype == torch.float64 else 9
    return [float(f"{value:.{digits}g}") for value in tensor.detach().reshape(-1).tolist()]


def number(tensor):
    """The only element, rounded as `numbers` does."""
    return numbers(tensor)[0]


def shown(tensor):
    """Shape and elements, rounded as `numbers` does."""
    return {"shape": list(tensor.shape), "values": numbers(tensor)}


def weighted_loss(outputs):
    """Sum over the outputs of sum(weight * output), weight = recipe(shape, 1, 40 + number of the output)."""
    return sum((recipe(list(output.shape), 1, 40 + i) * output).sum() for i, output in enumerate(outputs.values()))


def write(name, content):
    """Writes `name` beside the scripts; with `--check`, compares with the file that is there instead."""
    golden_files.write(pathlib.Path(__file__).with_name(name), content, breaks=('],"', '},"'))


def permute_gates(matrix, order):
    """Reorders the blocks of the first axis: block k of the result is block order[k] of `matrix`."""
    blocks = matrix.chunk(len(order), 0)
    return torch.cat([blocks[source] for source in order], 0)


# Keras z, r, h from PyTorch r, z, n, and back: the same exchange of the first two.
GRU_ORDER = (1, 0, 2)
# Keras i, f, c, o is PyTorch i, f, g, o.
LSTM_ORDER = (0, 1, 2, 3)


def to_torch(keras, order):
    """A kernel [inputs, gates * units], or a bias [gates * units], as PyTorch keeps it."""
    return permute_gates(keras.t() if keras.dim() == 2 else keras, order).contiguous()


def to_keras(torch_weight, order):
    """The inverse of `to_torch`; also turns gradients."""
    reordered = permute_gates(torch_weight, order)
    return (reordered.t() if reordered.dim() == 2 else reordered).contiguous()
