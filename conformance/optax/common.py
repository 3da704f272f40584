# SPDX-License-Identifier: Apache-2.0
"""What the Optax scripts share: float64, the inputs of the PyTorch scripts, and the way JSON is written.

The gradients are those of pytorch/optimizers.py and pytorch/optimizer_rules.py, which explain them.
"""

import json
import math
import pathlib
import platform
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import optax

GRADIENTS = [
    lambda t: math.cos(1.3 * t),
    lambda t: 10 ** (2 * math.sin(0.11 * t)) * math.cos(0.7 * t),
    lambda t: 1e-9 * math.sin(0.9 * t + 1),
    lambda t: 0.0 if t < 30 else math.sin(t),
    lambda t: 1 - 0.01 * t,
    lambda t: (-1) ** t * float(t % 5),
]


def recipe(shape, scale, offset):
    """`scale * cos(offset + i + i * i / 7)`, i counting elements in row-major order."""
    values = [scale * math.cos(offset + i + i * i / 7) for i in range(math.prod(shape))]
    return jnp.array(values).reshape(shape)


def element_gradient(t):
    return jnp.array([gradient(t) for gradient in GRADIENTS])


def matrix_gradient(shape, t):
    size = 10 ** math.sin(0.11 * t)
    values = [size * math.cos(0.7 * t * (1 + k / 10) + k + k * k / 7) for k in range(math.prod(shape))]
    return jnp.array(values).reshape(shape)


def versions():
    return {"optax": optax.__version__, "jax": jax.__version__, "python": platform.python_version(), "machine": platform.machine()}


def numbers(array):
    """Elements in row-major order, with 14 digits."""
    return [float(f"{value:.14g}") for value in jnp.ravel(jnp.asarray(array)).tolist()]


def write(name, content):
    """Writes `name` beside the scripts; with `--check`, compares with the file that is there instead."""
    path = pathlib.Path(__file__).with_name(name)
    if "--check" in sys.argv:
        print(f"{name}: largest difference {difference(json.loads(path.read_text()), content):.1e}")
        return
    text = json.dumps(content, separators=(",", ":"))
    path.write_text(text.replace('],"', '],\n"').replace('},"', '},\n"') + "\n")
    print(f"{name}: {path.stat().st_size} bytes")


def difference(a, b):
    """The largest |a - b| of two equal structures; versions are passed over."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), (a.keys(), b.keys())
        return max((difference(a[key], b[key]) for key in a if key != "versions"), default=0.0)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b), (len(a), len(b))
        return max((difference(x, y) for x, y in zip(a, b)), default=0.0)
    if isinstance(a, (int, float)) and not isinstance(a, bool):
        return abs(a - b)
    assert a == b, (a, b)
    return 0.0
