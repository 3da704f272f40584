# SPDX-License-Identifier: Apache-2.0
"""What the Keras scripts share: deterministic inputs, names, and the way JSON is written.

Every tensor is filled with `scale * cos(offset + i + i * i / 7)`, `i` counting its elements in row-major order; the files
hold {shape, scale, offset}, from which a test makes the same numbers. All values differ, and the square keeps matrices at
full rank.

A layer is described as Tapeloop saves it, {className, config} with camelCase keys; `build` makes Keras's layer from it.
"""

import math
import os
import pathlib
import platform
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf

# golden_files and optimizer_runs are there.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
import golden_files


def recipe(shape, scale, offset):
    """The description of a tensor."""
    return {"shape": list(shape), "scale": scale, "offset": offset}


def filled(description):
    """A float64 array from its description."""
    count = math.prod(description["shape"])
    i = np.arange(count, dtype=np.float64)
    values = description["scale"] * np.cos(description["offset"] + i + i * i / 7)
    return values.reshape(description["shape"])


def versions(**more):
    """The versions that the numbers were made with."""
    return {"tensorflow": tf.__version__, **more, "python": platform.python_version(), "machine": platform.machine()}


def shown(tensor, digits=14):
    """Shape and elements in row-major order, rounded to `digits`."""
    array = np.asarray(tensor)
    return {"shape": list(array.shape), "values": [float(f"{value:.{digits}g}") for value in array.reshape(-1).tolist()]}


def snake(name):
    """`returnSequences` to `return_sequences`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def camel(name):
    """`recurrent_kernel` to `recurrentKernel`."""
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), name)


def weighted_loss(outputs):
    """Sum over the outputs of sum(weight * output), weight = recipe(shape, 1, 40 + number of the output)."""
    return tf.add_n(
        [tf.reduce_sum(filled(recipe(output.shape, 1, 40 + i)) * output) for i, output in enumerate(outputs.values())]
    )


def write(name, content):
    """Writes `name` beside the scripts; with `--check`, compares with the file that is there instead."""
    golden_files.write(pathlib.Path(__file__).with_name(name), content, breaks=('},"',))
