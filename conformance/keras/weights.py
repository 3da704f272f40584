# SPDX-License-Identifier: Apache-2.0
"""A small Keras model's weights as weights.safetensors, under the paths that Keras gives them, and in weights.json what it computes
from token ids, in float32.

    ids -> Embedding -> LSTM -> LSTM -> GRU -> Bidirectional LSTM -> LayerNormalization -> Dense

Every tensor is filled by common.py's `recipe`, each with an offset of its own.

Run: python3 weights.py, or with --check to compare with weights.json
"""

import pathlib
import sys

from common import filled, recipe, shown, versions, write

import keras
import numpy as np
import safetensors
from safetensors.numpy import save_file

IDS = [[0, 3, 5, 1], [6, 2, 2, 4]]


def main():
    keras.utils.clear_session()
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Embedding(7, 3),
            layers.LSTM(4, return_sequences=True),
            layers.LSTM(3, return_sequences=True),
            layers.GRU(4, return_sequences=True),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.LayerNormalization(),
            layers.Dense(5),
        ]
    )
    model.build([None, 4])
    for i, weight in enumerate(model.weights):
        weight.assign(filled(recipe(weight.shape, 0.6, 10 + 3 * i)))
    values = {weight.path: np.asarray(weight.value, dtype=np.float32) for weight in model.weights}
    if "--check" not in sys.argv:
        save_file(values, pathlib.Path(__file__).with_name("weights.safetensors"), metadata={"format": "keras"})
    y = model(np.array(IDS))
    write(
        "weights.json",
        {
            "versions": versions(keras=keras.__version__, safetensors=safetensors.__version__),
            "ids": IDS,
            "paths": list(values),
            "output": shown(y, 9),
        },
    )


if __name__ == "__main__":
    main()
