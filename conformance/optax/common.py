# SPDX-License-Identifier: Apache-2.0
"""What the Optax scripts share: float64, and the way JSON is written."""

import json
import pathlib
import platform
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import optax


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
