# SPDX-License-Identifier: Apache-2.0
"""What the Optax scripts share: float64, and the way JSON is written."""

import pathlib
import platform
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import optax

# golden_files and optimizer_runs are there.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
import golden_files


def versions():
    return {"optax": optax.__version__, "jax": jax.__version__, "python": platform.python_version(), "machine": platform.machine()}


def numbers(array):
    """Elements in row-major order, with 14 digits."""
    return [float(f"{value:.14g}") for value in jnp.ravel(jnp.asarray(array)).tolist()]


def write(name, content):
    """Writes `name` beside the scripts; with `--check`, compares with the file that is there instead."""
    golden_files.write(pathlib.Path(__file__).with_name(name), content, breaks=('],"', '},"'))
