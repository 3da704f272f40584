# SPDX-License-Identifier: Apache-2.0
"""PyTorch's recurrent modules in float64: values and gradients of every input, initial state and weight.

Every case is {"layer": {className, config} as Tapeloop saves it, "inputs": {x: description}, "sequenceLengths": steps of each row,
"initialState": {name: description}, "weights": {path: description}, "outputs": {name: {shape, values}}, "gradients": {...}}.
A description is {shape, scale, offset} of common.py's `recipe`. The gradients are those of

    loss = sum over outputs of sum(weight * output),   weight = recipe(output's shape, 1, 40 + number of the output)

Weights, their gradients and states are in Keras's layout and order. An LSTM has one bias there: it is PyTorch's `bias_ih`, and
`bias_hh` is zero. Sequences with lengths went through `pack_padded_sequence`.

The cell with layer normalization is written here after the equations (20) to (22) of Ba, Kiros and Hinton 2016; "carried" hands
on the normalized cell state, as TensorFlow Addons' LayerNormLSTMCell does.

Run: python3 rnn.py, or with --check to compare with rnn.json
"""

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from common import GRU_ORDER, LSTM_ORDER, permute_gates, recipe, shown, to_torch, versions, weighted_loss, write

B, T, FEATURES, U = 3, 4, 3, 4
LENGTHS = [2, 4, 1]


def description(shape, scale, offset):
    return {"shape": list(shape), "scale": scale, "offset": offset}


def filled(described):
    return recipe(described["shape"], described["scale"], described["offset"]).clone().requires_grad_()


def finish(layer, inputs, states, weights, leaves, outputs, lengths=None):
    weighted_loss(outputs).backward()
    return {
        "layer": layer,
        "inputs": inputs,
        **({} if lengths is None else {"sequenceLengths": lengths}),
        "initialState": states,
        "weights": weights,
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(leaf.grad) for name, leaf in leaves.items()},
    }


def saved(class_name, **config):
    return {"className": class_name, "config": config}


KINDS = {
    "LSTM": (torch.nn.LSTM, 4, LSTM_ORDER, saved("LSTMCell", units=U), ["h", "c"]),
    "GRU": (torch.nn.GRU, 3, GRU_ORDER, saved("GRUCell", units=U, resetAfter=True), ["h"]),
    "SimpleRNN": (torch.nn.RNN, 1, (0,), saved("SimpleRNNCell", units=U), ["h"]),
}


def case(kind, layers=1, bidirectional=False, lengths=None, initial_state=True):
    make, gates, order, cell, state_names = KINDS[kind]
    module = make(FEATURES, U, layers, batch_first=True, bidirectional=bidirectional).double()
    directions = ["forward", "backward"] if bidirectional else [None]
    prefix = lambda i, direction: (f"cell{i}/" if layers > 1 else "") + (f"{direction}/" if direction else "")
    inputs = {"x": description([B, T, FEATURES], 1, 1)}
    weights, states, functional = {}, {}, {}
    leaves = {"x": filled(inputs["x"])}
    h_or_c = {name: [] for name in state_names}
    for i in range(layers):
        for direction in directions:
            here = prefix(i, direction)
            width = FEATURES if i == 0 else U
            bias_shape = [2, gates * U] if kind == "GRU" else [gates * U]
            shapes = {"kernel": [width, gates * U], "recurrentKernel": [U, gates * U], "bias": bias_shape}
            for name, shape in shapes.items():
                weights[here + name] = description(shape, 0.6 if name != "bias" else 0.3, 10 + 3 * len(weights))
                leaves[here + name] = filled(weights[here + name])
            suffix = f"l{i}" + ("_reverse" if direction == "backward" else "")
            bias = leaves[here + "bias"]
            two = bias if kind == "GRU" else torch.stack([bias, torch.zeros_like(bias)])
            functional[f"weight_ih_{suffix}"] = to_torch(leaves[here + "kernel"], order)
            functional[f"weight_hh_{suffix}"] = to_torch(leaves[here + "recurrentKernel"], order)
            functional[f"bias_ih_{suffix}"] = permute_gates(two[0], order)
            functional[f"bias_hh_{suffix}"] = permute_gates(two[1], order)
            for name in state_names:
                if initial_state:
                    states[here + name] = description([B, U], 0.7, 60 + 2 * len(states))
                    leaves[here + name] = filled(states[here + name])
                    h_or_c[name].append(leaves[here + name])
    initial = None
    if initial_state:
        stacked = [torch.stack(h_or_c[name]) for name in state_names]
        initial = tuple(stacked) if len(stacked) == 2 else stacked[0]
    x = leaves["x"]
    if lengths is not None:
        x = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, last = torch.func.functional_call(module, functional, (x, initial))
    if lengths is not None:
        output = pad_packed_sequence(output, batch_first=True, total_length=T)[0]
    last = last if isinstance(last, tuple) else (last,)
    outputs = {"output": output}
    for i in range(layers):
        for d, direction in enumerate(directions):
            for name, value in zip(state_names, last):
                outputs[prefix(i, direction) + name] = value[i * len(directions) + d]
    cells = cell if layers == 1 else saved("StackedRNNCells", cells=[cell] * layers)
    layer = saved("RNN", cell=cells, returnSequences=True, returnState=True)
    if bidirectional:
        layer = saved("Bidirectional", layer=layer, mergeMode="concat")
    return finish(layer, inputs, states, weights, leaves, outputs, lengths)


def layer_norm_case(carried, epsilon=1e-3):
    shapes = {
        "kernel": [FEATURES, 4 * U],
        "recurrentKernel": [U, 4 * U],
        "bias": [4 * U],
        "kernelGamma": [4 * U],
        "recurrentGamma": [4 * U],
        "stateGamma": [U],
        "stateBeta": [U],
    }
    weights = {name: description(shape, 0.6, 10 + 3 * i) for i, (name, shape) in enumerate(shapes.items())}
    inputs = {"x": description([B, 3, FEATURES], 1, 1)}
    states = {"h": description([B, U], 0.7, 60), "c": description([B, U], 0.7, 62)}
    leaves = {name: filled(each) for name, each in {**inputs, **states, **weights}.items()}
    w = leaves
    h, c, steps = w["h"], w["c"], []
    for t in range(3):
        z = (
            F.layer_norm(w["x"][:, t] @ w["kernel"], [4 * U], w["kernelGamma"], None, epsilon)
            + F.layer_norm(h @ w["recurrentKernel"], [4 * U], w["recurrentGamma"], None, epsilon)
            + w["bias"]
        )
        i, f, g, o = z.chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        normalized = F.layer_norm(c, [U], w["stateGamma"], w["stateBeta"], epsilon)
        h = torch.sigmoid(o) * torch.tanh(normalized)
        c = normalized if carried else c
        steps.append(h)
    outputs = {"output": torch.stack(steps, 1), "h": h, "c": c}
    cell = saved("LayerNormLSTMCell", units=U, carryNormalized=carried, epsilon=epsilon)
    return finish(saved("RNN", cell=cell, returnSequences=True, returnState=True), inputs, states, weights, leaves, outputs)


def cases():
    return {
        "LSTM": case("LSTM"),
        "LSTM, lengths": case("LSTM", lengths=LENGTHS),
        "LSTM of two layers": case("LSTM", layers=2),
        "LSTM of two layers, lengths": case("LSTM", layers=2, lengths=LENGTHS, initial_state=False),
        "bidirectional LSTM, lengths": case("LSTM", bidirectional=True, lengths=LENGTHS),
        "GRU": case("GRU"),
        "GRU, lengths": case("GRU", lengths=LENGTHS),
        "bidirectional GRU": case("GRU", bidirectional=True),
        "SimpleRNN, lengths": case("SimpleRNN", lengths=LENGTHS),
        "layer norm LSTM cell": layer_norm_case(carried=False),
        "layer norm LSTM cell, carried": layer_norm_case(carried=True),
    }


if __name__ == "__main__":
    write("rnn.json", {"versions": versions(), "cases": cases()})
