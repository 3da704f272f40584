# SPDX-License-Identifier: Apache-2.0
"""Keras's activations and regularizers by name, in float64: values and derivatives at points that lie off every kink.

activations: {name: {"values", "gradients"}} at "points", where gradients are those of sum(weight * y), weight = recipe([14], 1, 40),
as softmax mixes its inputs. regularizers: the penalty on `weight`, a description of common.py, and its gradient.

Run: python3 activations.py, or with --check to compare with activations.json
"""

from common import filled, recipe, shown, snake, versions, write

import keras
import tensorflow as tf

keras.backend.set_floatx("float64")

POINTS = [-12, -5, -3.1, -1.5, -0.75, -0.1, -1e-3, 0.2, 0.5, 1.1, 2, 4, 6.2, 11]
NAMES = (
    "linear relu tanh sigmoid gelu silu softplus softmax elu exponential hardSigmoid hardSilu hardTanh leakyRelu logSigmoid "
    "logSoftmax mish relu6 selu softsign"
).split()
REGULARIZERS = {"l1": keras.regularizers.L1(0.3), "l2": keras.regularizers.L2(0.2), "l1l2": keras.regularizers.L1L2(0.3, 0.2)}


def both(fn, x):
    with tf.GradientTape() as tape:
        y = fn(x)
        loss = tf.reduce_sum(y if y.shape == () else y * filled(recipe([len(POINTS)], 1, 40)))
    return {"values": shown(y)["values"], "gradients": shown(tape.gradient(loss, x))["values"]}


def content():
    x = tf.Variable([POINTS], dtype=tf.float64)
    weight = recipe([3, 4], 1.5, 5)
    return {
        "versions": versions(keras=keras.__version__),
        "points": POINTS,
        "activations": {name: both(keras.activations.get(snake(name)), x) for name in NAMES},
        "weight": weight,
        "regularizers": {name: both(fn, tf.Variable(filled(weight))) for name, fn in REGULARIZERS.items()},
    }


if __name__ == "__main__":
    write("activations.json", content())
