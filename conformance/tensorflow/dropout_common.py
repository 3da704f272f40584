# SPDX-License-Identifier: Apache-2.0
"""What the dropout scripts share: TensorFlow with its legacy Keras, inputs of closed form, and the way JSON is written.

Import this module before TensorFlow: it chooses the CPU and the package tf-keras, where the four APIs live.

Every tensor is filled with `scale * cos(offset + i + i * i / 7)`, `i` counting its elements in row-major order.
"""

import math
import os
import pathlib
import platform
import sys
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

tf.get_logger().setLevel("ERROR")

# golden_files is there.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
import golden_files


def recipe(shape, scale, offset, dtype="float64"):
    """An array of `scale * cos(offset + i + i * i / 7)`."""
    i = np.arange(math.prod(shape), dtype=np.float64)
    return (scale * np.cos(offset + i + i * i / 7)).reshape(shape).astype(dtype)


def versions():
    """The versions that the numbers were made with."""
    return {
        "tensorflow": tf.__version__,
        "tf_keras": tf_keras.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def numbers(tensor):
    """Elements in row-major order, with 9 digits."""
    return [float(f"{float(value):.9g}") for value in np.asarray(tensor).reshape(-1)]


def bits(tensor):
    """A string of 1 where an element is not zero and 0 where it is, in row-major order."""
    return "".join("1" if value != 0 else "0" for value in np.asarray(tensor).reshape(-1))


def outcome(fn):
    """`ok`, or the name of the built-in error that `fn` raises."""
    try:
        fn()
        return "ok"
    except Exception as error:  # noqa: BLE001
        return next(c.__name__ for c in type(error).__mro__ if c.__module__ in ("builtins",) or "Error" in c.__name__)


def plain(value):
    """A value as JSON can hold it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def write(name, content):
    """Writes `name` beside the scripts; with `--check`, compares with the file that is there instead."""
    golden_files.write(pathlib.Path(__file__).with_name(name), plain(content), breaks=('},"', "},{"))
