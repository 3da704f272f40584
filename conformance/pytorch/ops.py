# SPDX-License-Identifier: Apache-2.0
"""Spot values and gradients of composite ops and of the cells, in float64, on inputs that all differ.

Every case is {"inputs": {name: {shape, values}}, "outputs": {...}, "gradients": {...}} with

    loss = sum over outputs of sum(weight * output),   weight = recipe(output's shape, 1, 40 + number of the output)

and d(loss)/d(input) under the input's name. A scalar output has weight cos(40 + number). Kernels and biases are in Keras
layout (see common.py); what has no gradient (targets, masks) is under "constants".

Run: python3 ops.py, or with --check to compare with ops.json
"""

import torch
import torch.nn.functional as F

from common import GRU_ORDER, LSTM_ORDER, recipe, shown, to_torch, versions, weighted_loss, write


def case(fn, inputs, constants=None, options=None):
    """Runs `fn` on the inputs, which become leaves, and returns the case for the file."""
    constants = constants or {}
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    outputs = fn(**leaves, **constants)
    weighted_loss(outputs).backward()
    return {
        "options": options or {},
        "inputs": {name: shown(value) for name, value in inputs.items()},
        "constants": {name: shown(value) for name, value in constants.items()},
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(leaf.grad) for name, leaf in leaves.items()},
    }


def layer_norm(epsilon):
    def fn(x, gamma, beta):
        return {"y": F.layer_norm(x, [5], gamma, beta, epsilon)}

    inputs = {"x": recipe([2, 3, 5], 2, 1), "gamma": 1 + recipe([5], 0.5, 2), "beta": recipe([5], 0.3, 3)}
    return case(fn, inputs, options={"epsilon": epsilon})


def cross_entropy(label_smoothing=0.0, scale=3.0):
    """Sparse targets: losses of each example, and their mean over the examples whose mask is 1."""

    def fn(logits, targets, mask):
        losses = F.cross_entropy(logits, targets.long(), reduction="none", label_smoothing=label_smoothing)
        return {"losses": losses, "maskedMean": (losses * mask).sum() / mask.sum()}

    constants = {"targets": torch.tensor([3, 0, 6, 1, 2]), "mask": torch.tensor([1.0, 1.0, 0.0, 1.0, 0.0], dtype=torch.float64)}
    options = {"labelSmoothing": label_smoothing}
    return case(fn, {"logits": recipe([5, 7], scale, 4)}, constants, options)


def dense_cross_entropy():
    """Targets that are distributions."""

    def fn(logits, targets):
        return {"losses": F.cross_entropy(logits, targets, reduction="none")}

    return case(fn, {"logits": recipe([4, 6], 2, 5)}, {"targets": F.softmax(recipe([4, 6], 1.5, 6), -1)})


def sigmoid_cross_entropy():
    def fn(logits, targets):
        return {"losses": F.binary_cross_entropy_with_logits(logits, targets, reduction="none")}

    return case(fn, {"logits": recipe([3, 5], 20, 7)}, {"targets": (1 + recipe([3, 5], 1, 8)) / 2})


def unary(op, inputs):
    return case(lambda x: {"y": op(x)}, {"x": inputs})


POINTS = torch.tensor([-12, -5, -3, -1.5, -0.75, -0.1, -1e-4, 0.2, 0.5, 1, 2, 4, 6, 11], dtype=torch.float64)

WEIGHT_SCALE = 0.6


def cell_inputs(gates, bias_shape):
    return {
        "x": recipe([3, 4], 1, 11),
        "h": recipe([3, 5], 0.9, 12),
        "kernel": recipe([4, gates * 5], WEIGHT_SCALE, 13),
        "recurrentKernel": recipe([5, gates * 5], WEIGHT_SCALE, 14),
        "bias": recipe(bias_shape, 0.4, 15),
    }


def run_cell(cell, order, bias_ih, bias_hh, kernel, recurrent_kernel, x, state):
    """Calls a PyTorch cell with weights that stay part of the graph."""
    weights = {
        "weight_ih": to_torch(kernel, order),
        "weight_hh": to_torch(recurrent_kernel, order),
        "bias_ih": bias_ih,
        "bias_hh": bias_hh,
    }
    return torch.func.functional_call(cell, weights, (x, state)) if hasattr(torch, "func") else stateless(cell, weights, x, state)


def stateless(cell, weights, x, state):
    """`torch.func.functional_call` of PyTorch before 2.0."""
    return torch.nn.utils.stateless.functional_call(cell, weights, (x, state))


def lstm_cell():
    """Gates i, f, c, o; one bias [4 u]; no forget bias on top."""

    def fn(x, h, c, kernel, recurrentKernel, bias):
        biases = to_torch(bias, LSTM_ORDER), torch.zeros(20, dtype=torch.float64)
        cell = torch.nn.LSTMCell(4, 5, dtype=torch.float64)
        h, c = run_cell(cell, LSTM_ORDER, *biases, kernel, recurrentKernel, x, (h, c))
        return {"h": h, "c": c}

    inputs = cell_inputs(4, [20])
    return case(fn, {"x": inputs["x"], "h": inputs["h"], "c": recipe([3, 5], 1.2, 16), **inputs})


def gru_cell():
    """Gates z, r, h with the reset gate applied after the matrix product; bias [2, 3 u]: input's, then recurrent."""

    def fn(x, h, kernel, recurrentKernel, bias):
        biases = to_torch(bias[0], GRU_ORDER), to_torch(bias[1], GRU_ORDER)
        cell = torch.nn.GRUCell(4, 5, dtype=torch.float64)
        return {"h": run_cell(cell, GRU_ORDER, *biases, kernel, recurrentKernel, x, h)}

    return case(fn, cell_inputs(3, [2, 15]), options={"resetAfter": True})


def simple_rnn_cell(activation):
    def fn(x, h, kernel, recurrentKernel, bias):
        cell = torch.nn.RNNCell(4, 5, nonlinearity=activation, dtype=torch.float64)
        zero = torch.zeros(5, dtype=torch.float64)
        return {"h": run_cell(cell, (0,), bias, zero, kernel, recurrentKernel, x, h)}

    return case(fn, cell_inputs(1, [5]), options={"activation": activation})


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "ops.json",
        {
            "versions": versions(),
            "layerNorm epsilon 1e-3": layer_norm(1e-3),
            "layerNorm epsilon 1e-5": layer_norm(1e-5),
            "softmax": unary(lambda x: F.softmax(x, -1), recipe([3, 6], 4, 9)),
            "logSoftmax": unary(lambda x: F.log_softmax(x, -1), recipe([3, 6], 4, 9)),
            "logSoftmax large": unary(lambda x: F.log_softmax(x, -1), recipe([2, 5], 300, 10)),
            "sparseCrossEntropy": cross_entropy(),
            "sparseCrossEntropy large": cross_entropy(scale=200.0),
            "sparseCrossEntropy smoothed": cross_entropy(label_smoothing=0.1),
            "denseCrossEntropy": dense_cross_entropy(),
            "sigmoidCrossEntropy": sigmoid_cross_entropy(),
            "gelu erf": unary(F.gelu, POINTS),
            "gelu tanh": unary(lambda x: F.gelu(x, approximate="tanh"), POINTS),
            "silu": unary(F.silu, POINTS),
            "softplus": unary(F.softplus, POINTS),
            "elu": unary(F.elu, POINTS),
            "lstmCell": lstm_cell(),
            "gruCell": gru_cell(),
            "simpleRNNCell tanh": simple_rnn_cell("tanh"),
            "simpleRNNCell relu": simple_rnn_cell("relu"),
        },
    )
