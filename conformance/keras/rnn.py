# SPDX-License-Identifier: Apache-2.0
"""Keras's recurrent layers in float64: values and gradients of every input, initial state and weight.

Every case is {"layer": {className, config}, "inputs": {x: description}, "mask": rows of 0 and 1, "initialState": {name:
description}, "weights": {path: description}, "outputs": {name: {shape, values}}, "gradients": {...}}; common.py says what a
description is. With "training" the layer is called in training. The gradients are those of

    loss = sum over outputs of sum(weight * output),   weight = recipe(output's shape, 1, 40 + number of the output)

States are named h and c, forward/h and backward/h in a Bidirectional. A stateful layer is called twice, on `x` and on `x2`, and
the state is carried from the first call to the second without a gradient: `output2` is what the second call gave.

Run: python3 rnn.py, or with --check to compare with rnn.json
"""

from common import camel, filled, recipe, shown, snake, versions, weighted_loss, write

import keras
import numpy as np
import tensorflow as tf

keras.backend.set_floatx("float64")

B, T, F, U = 3, 4, 3, 4

# Rows with a hole, a late start and an early end.
MASK = [[1, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 0]]
# A row without any step.
EMPTY_ROW = [[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]]

# What Tapeloop keeps at DROPOUT with its seed 7, a row for each row of the batch. Keras draws masks of its own, for each gate its
# own with recurrent dropout; here every gate of Keras's cell is handed these.
DROPOUT = {"dropout": 0.4, "recurrentDropout": 0.3, "seed": 7}
KEPT_INPUTS = [[1, 0, 1], [1, 1, 1], [1, 0, 1]]
KEPT_STATES = [[1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]]

SEQUENCES = {"returnSequences": True, "returnState": True}


def layer(class_name, **config):
    return {"className": class_name, "config": config}


def build(saved):
    """Keras's layer of a description."""
    config = {}
    for key, value in saved["config"].items():
        if key == "layers":
            config[key] = [build(each) for each in value]
        elif isinstance(value, dict) and "className" in value:
            config[snake(key)] = build(value)
        elif isinstance(value, str):
            config[snake(key)] = snake(value)
        else:
            config[snake(key)] = value
    return getattr(keras if saved["className"] == "Sequential" else keras.layers, saved["className"])(**config)


def named_weights(built, saved):
    """(path as in Tapeloop, variable) of every weight, in order."""
    kind, config = saved["className"], saved["config"]
    if kind == "Sequential":
        found = []
        for inner, described in zip(built.layers, config["layers"]):
            found += [(f"{snake_class(described['className'])}/{path}", weight) for path, weight in named_weights(inner, described)]
        return found
    if kind == "Bidirectional":
        backward = config.get("backwardLayer") or config["layer"]
        return [(f"forward/{path}", weight) for path, weight in named_weights(built.forward_layer, config["layer"])] + [
            (f"backward/{path}", weight) for path, weight in named_weights(built.backward_layer, backward)
        ]
    if kind == "TimeDistributed":
        return [(f"layer/{path}", weight) for path, weight in named_weights(built.layer, config["layer"])]
    return [(camel(weight.name), weight) for weight in built.weights if "seed" not in weight.name]


def snake_class(name):
    return {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "simple_rnn"}.get(name, snake(name))


def state_names(saved):
    """Names of the states in Keras's order."""
    if saved["className"] == "Bidirectional":
        inner = saved["config"]["layer"]
        return [f"{side}/{name}" for side in ("forward", "backward") for name in state_names(inner)]
    return ["h", "c"] if saved["className"] == "LSTM" else ["h"]


def output_names(saved, count):
    """Names of what a call gives, `count` tensors."""
    inner = saved["config"].get("layer", saved) if saved["className"] == "Bidirectional" else saved
    states = state_names(saved) if inner["config"].get("returnState") else []
    first = ["forward", "backward"] if count - len(states) == 2 else ["output"]
    return first + states


def assign_weights(built, saved):
    """Fills every weight and returns the descriptions by path."""
    weights = {}
    for i, (path, weight) in enumerate(named_weights(built, saved)):
        weights[path] = recipe(weight.shape, 0.6 if len(weight.shape) > 1 else 0.3, 10 + 3 * i)
        weight.assign(filled(weights[path]))
    return weights


def hand_out_masks(cell):
    """Makes a cell take the masks above instead of drawing."""

    def give(kept, rate):
        if rate == 0:
            return lambda _: None
        mask = tf.constant(kept, tf.float64) / (1 - rate)
        gates = getattr(cell, "dropout_mask_count", None)
        return lambda _: mask if gates is None else [mask] * gates

    cell.get_dropout_mask = give(KEPT_INPUTS, cell.dropout)
    cell.get_recurrent_dropout_mask = give(KEPT_STATES, cell.recurrent_dropout)


def case(saved, mask=None, initial_state=False):
    built = build(saved)
    training = saved["config"].get("dropout", 0) > 0
    if training:
        hand_out_masks(built.cell)
    descriptions = {"x": recipe([B, T, F], 1, 1)}
    stateful = saved["config"].get("stateful", False)
    if stateful:
        descriptions["x2"] = recipe([B, T, F], 1, 2)
    variables = {name: tf.Variable(filled(each)) for name, each in descriptions.items()}
    built(variables["x"]) if saved["className"] != "Sequential" else built.build([B, T, descriptions["x"]["shape"][-1]])
    weights = assign_weights(built, saved)
    states = {}
    if initial_state:
        states = {name: recipe([B, U], 0.7, 60 + 2 * i) for i, name in enumerate(state_names(saved))}
    state_variables = {name: tf.Variable(filled(each)) for name, each in states.items()}
    if stateful:
        built.reset_states()
    options = {"training": True} if training else {}
    if mask is not None:
        options["mask"] = tf.constant(mask) == 1
    if initial_state:
        options["initial_state"] = list(state_variables.values())
    with tf.GradientTape() as tape:
        outputs = {}
        for name, x in variables.items():
            result = built(x, **options)
            result = list(result) if isinstance(result, (list, tuple)) else [result]
            suffix = "2" if name == "x2" else ""
            # In a stateful layer the state is a variable, which holds no gradient.
            shown_now = result[:1] if stateful else result
            for output_name, value in zip(output_names(saved, len(result)), shown_now):
                outputs[output_name + suffix] = value
        loss = weighted_loss(outputs)
    sources = {**variables, **state_variables, **{path: weight.value for path, weight in named_weights(built, saved)}}
    gradients = tape.gradient(loss, sources)
    assert all(gradient is not None for gradient in gradients.values()), gradients
    return {
        "layer": saved,
        **({"training": True} if training else {}),
        "inputs": descriptions,
        **({} if mask is None else {"mask": mask}),
        "initialState": states,
        "weights": weights,
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(value) for name, value in gradients.items()},
    }


CELLS = {
    "LSTM": layer("LSTM", units=U),
    "GRU resetAfter": layer("GRU", units=U, resetAfter=True),
    "GRU resetBefore": layer("GRU", units=U, resetAfter=False),
    "SimpleRNN": layer("SimpleRNN", units=U),
}


def with_config(saved, **config):
    return {**saved, "config": {**saved["config"], **config}}


def cases():
    found = {}
    for name, saved in CELLS.items():
        found[f"{name}, sequences and state"] = case(with_config(saved, **SEQUENCES), initial_state=True)
        found[f"{name}, last output"] = case(saved)
        found[f"{name}, backwards, mask"] = case(with_config(saved, goBackwards=True, **SEQUENCES), mask=MASK)
        found[f"{name}, mask, zeros"] = case(
            with_config(saved, zeroOutputForMask=True, **SEQUENCES), mask=EMPTY_ROW, initial_state=True
        )
        found[f"{name}, mask, last output"] = case(saved, mask=MASK)
        found[f"{name}, stateful"] = case(with_config(saved, stateful=True, returnSequences=True))
        found[f"{name}, no bias, other activations"] = case(
            with_config(saved, useBias=False, activation="softplus", **({} if name == "SimpleRNN" else {"recurrentActivation": "hardSigmoid"}))
        )
        found[f"{name}, dropout"] = case(with_config(saved, **SEQUENCES, **{**DROPOUT, "recurrentDropout": 0.0}), initial_state=True)
        found[f"{name}, recurrent dropout"] = case(with_config(saved, **SEQUENCES, **DROPOUT), initial_state=True)
    for mode in ("concat", "sum", "mul", "ave", None):
        wrapped = layer("Bidirectional", layer=with_config(CELLS["LSTM"], **SEQUENCES), mergeMode=mode)
        found[f"Bidirectional {mode}, sequences and state"] = case(wrapped, initial_state=mode == "concat")
        wrapped = layer("Bidirectional", layer=CELLS["GRU resetAfter"], mergeMode=mode)
        found[f"Bidirectional {mode}, last output"] = case(wrapped)
    wrapped = layer("Bidirectional", layer=with_config(CELLS["GRU resetAfter"], **SEQUENCES), mergeMode="concat")
    found["Bidirectional, mask"] = case(wrapped, mask=MASK)
    wrapped = layer(
        "Bidirectional",
        layer=with_config(CELLS["SimpleRNN"], returnSequences=True),
        backwardLayer=layer("GRU", units=U, resetAfter=False, returnSequences=True, goBackwards=True),
        mergeMode="sum",
    )
    found["Bidirectional, two kinds of layer"] = case(wrapped)
    dense = layer("Dense", units=2, activation="tanh")
    found["TimeDistributed"] = case(layer("TimeDistributed", layer=dense))
    masked = [
        layer("Masking", maskValue=0.0),
        with_config(CELLS["LSTM"], returnSequences=True),
        with_config(CELLS["GRU resetAfter"]),
        layer("Dense", units=2),
    ]
    found["Sequential, mask from Masking"] = masking_case(masked)
    masked = [layer("Masking", maskValue=0.0), layer("Bidirectional", layer=CELLS["LSTM"], mergeMode="concat"), layer("Dense", units=2)]
    found["Sequential, mask from Masking to Bidirectional"] = masking_case(masked)
    return found


def masking_case(layers):
    """Steps are zeroed by `zeroed` before the call: 1 where a step stays."""
    saved = layer("Sequential", layers=layers)
    built = build(saved)
    description = recipe([B, T, F], 1, 1)
    x = tf.Variable(filled(description))
    zeroed = np.array(MASK, dtype=np.float64)[:, :, None]
    built(x * zeroed)
    weights = assign_weights(built, saved)
    with tf.GradientTape() as tape:
        outputs = {"output": built(x * zeroed)}
        loss = weighted_loss(outputs)
    sources = {"x": x, **{path: weight.value for path, weight in named_weights(built, saved)}}
    gradients = tape.gradient(loss, sources)
    return {
        "layer": saved,
        "inputs": {"x": description},
        "zeroed": MASK,
        "initialState": {},
        "weights": weights,
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(value) for name, value in gradients.items()},
    }


if __name__ == "__main__":
    write("rnn.json", {"versions": versions(keras=keras.__version__), "cases": cases()})
