# SPDX-License-Identifier: Apache-2.0
"""Golden sequences of torch.nn.LSTM, GRU and RNN in float64: values and every gradient over several steps.

Time-major, TIME steps, BATCH rows, UNITS units; the weights in Keras layout (see common.py) are `recipe(shape, scale,
offset)` with the scales and offsets of INPUTS. With the outputs Y [T, B, U] and the final states,

    loss = sum(recipe(Y, 1, 40) * Y) + sum(recipe(h, 1, 41) * h) + sum(recipe(c, 1, 42) * c)

Each case is {"inputs": {name: {shape, values}}, "outputs": {...}, "gradients": {...}}; gradients under the inputs' names.
A `reversed` case is the same network on time-reversed inputs, its outputs reversed back.

Run: python3 sequences.py, or with --check to compare with sequences.json
"""

import torch

from common import GRU_ORDER, LSTM_ORDER, recipe, shown, to_torch, versions, weighted_loss, write

TIME, BATCH, FEATURES, UNITS = 5, 3, 2, 6
INPUTS = {"x": (1, 1), "h": (0.7, 2), "c": (0.8, 3), "kernel": (0.6, 4), "recurrentKernel": (0.5, 5), "bias": (0.3, 6)}


def sequence(make, gates, order, biases=1, reverse=False):
    shapes = {
        "x": [TIME, BATCH, FEATURES],
        "h": [BATCH, UNITS],
        "c": [BATCH, UNITS],
        "kernel": [FEATURES, gates * UNITS],
        "recurrentKernel": [UNITS, gates * UNITS],
        "bias": [gates * UNITS] if biases == 1 else [biases, gates * UNITS],
    }
    if gates != 4:
        del shapes["c"]
    leaves = {name: recipe(shape, *INPUTS[name]).requires_grad_() for name, shape in shapes.items()}
    bias = leaves["bias"].reshape(biases, gates * UNITS)
    zeros = torch.zeros(gates * UNITS, dtype=torch.float64)
    weights = {
        "weight_ih_l0": to_torch(leaves["kernel"], order),
        "weight_hh_l0": to_torch(leaves["recurrentKernel"], order),
        "bias_ih_l0": to_torch(bias[0], order),
        "bias_hh_l0": to_torch(bias[1] if biases == 2 else zeros, order),
    }
    x = leaves["x"].flip(0) if reverse else leaves["x"]
    h = leaves["h"][None]
    state = (h, leaves["c"][None]) if gates == 4 else h
    y, last = torch.func.functional_call(make(FEATURES, UNITS).double(), weights, (x, state))
    outputs = {"y": y.flip(0) if reverse else y}
    outputs |= {"h": last[0][0], "c": last[1][0]} if gates == 4 else {"h": last[0]}
    weighted_loss(outputs).backward()
    return {
        "inputs": {name: shown(value) for name, value in leaves.items()},
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(value.grad) for name, value in leaves.items()},
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    rnn = lambda kind: lambda *sizes: torch.nn.RNN(*sizes, nonlinearity=kind)
    write(
        "sequences.json",
        {
            "versions": versions(),
            "LSTM": sequence(torch.nn.LSTM, 4, LSTM_ORDER),
            "LSTM reversed": sequence(torch.nn.LSTM, 4, LSTM_ORDER, reverse=True),
            "GRU": sequence(torch.nn.GRU, 3, GRU_ORDER, biases=2),
            "simple RNN tanh": sequence(rnn("tanh"), 1, (0,)),
            "simple RNN relu": sequence(rnn("relu"), 1, (0,)),
        },
    )
