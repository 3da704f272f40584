# SPDX-License-Identifier: Apache-2.0
"""Values and gradients of recurrent cells inside TensorFlow's two dropout wrappers, stepped by hand in eager mode.

Every case runs under tf.compat.v1.nn.rnn_cell.DropoutWrapper and under tf.nn.RNNCellDropoutWrapper, which must agree. The
second one does not know LSTMStateTuple in the TensorFlow that is run (the one of TensorFlow 2.0 does), so it is given the
first one's default visitor explicitly.

A case gives `cells`, from the bottom up: `{kind, units}` each, with `wrapped` true where a wrapper stands around that cell
alone; `options` of the wrapper, in TensorFlow's names; `wrap_stack` where it stands around all of them. Kernels are in Keras
layout (gates of LSTM i, f, c, o; of GRU z, r, h): for layer l, `kernel` is recipe(shape, 0.6, 10 l + 1), `recurrent_kernel`
recipe(shape, 0.6, 10 l + 2), `bias` recipe(shape, 0.4, 10 l + 3). LSTM gates have no forget bias besides `bias`. Inputs
[time, batch, features] are recipe(shape, 1, 7); the k-th leaf of the initial state recipe([batch, units], 0.5, 20 + k), c
before h.

`outputs` [time, batch, units]; `state` the leaves of the last state. `gradients` are those of the sum over these k of
sum(recipe(shape, 1, 40 + k) * value), outputs first. Cases whose name begins with `fixture` have kernels of 0.5, no bias but a
forget bias of 1, states of 0.1 and inputs of twos and then ones: those of TensorFlow's own tests.

Probabilities of 1e-12 keep nothing. Cases without `graph_seed` are in float64, the others in float32 with masks from seeds.

Run: python3 dropout_wrapper.py, or with --check to compare with dropout-wrapper.json
"""

from dropout_common import np, numbers, recipe, tf, versions, write

R = tf.compat.v1.nn.rnn_cell
V2 = tf.nn.RNNCellDropoutWrapper
TINY = 1e-12


def lstm_default(part):
    return R.LSTMStateTuple(c=False, h=True) if isinstance(part, R.LSTMStateTuple) else True


VISITORS = {
    "default": lstm_default,
    "everything": lambda part: True,
    "nothing": lambda part: False,
    "only_c": lambda part: R.LSTMStateTuple(c=True, h=False) if isinstance(part, R.LSTMStateTuple) else True,
    # The root of a stack answers for its first cell and spares it whole.
    "not_first": lambda part: lstm_default(part) if hasattr(part, "_fields") or not isinstance(part, tuple)
    else tuple(i > 0 for i in range(len(part))),
}


def make_cell(kind, units, dtype, forget_bias=0.0):
    if kind == "lstm":
        return R.BasicLSTMCell(units, forget_bias=forget_bias, dtype=dtype)
    return {"gru": R.GRUCell, "rnn": R.BasicRNNCell}[kind](units, dtype=dtype)


# Block k of TensorFlow's v1 kernel is block order[k] of Keras's: i, j, f, o from i, f, c, o.
LSTM_ORDER = [0, 2, 1, 3]


def blocks(kernel, count, order):
    parts = np.split(kernel, count, -1)
    return np.concatenate([parts[i] for i in order], -1)


def keras_shapes(kind, features, units):
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[kind]
    return {"kernel": [features, gates * units], "recurrent_kernel": [units, gates * units], "bias": [gates * units]}


def to_v1(kind, weights):
    """The values of a v1 cell's variables, in their order, from Keras's weights."""
    joined, bias = np.concatenate([weights["kernel"], weights["recurrent_kernel"]], 0), weights["bias"]
    if kind == "lstm":
        return [blocks(joined, 4, LSTM_ORDER), blocks(bias, 4, LSTM_ORDER)]
    if kind == "rnn":
        return [joined, bias]
    # Keras z, r, h: gates r, u (= z), candidate h.
    return [blocks(joined, 3, [1, 0]), blocks(bias, 3, [1, 0]), blocks(joined, 3, [2]), blocks(bias, 3, [2])]


def from_v1(kind, features, values):
    """The inverse of `to_v1`, for gradients."""
    if kind == "lstm":
        joined, bias = blocks(values[0], 4, LSTM_ORDER), blocks(values[1], 4, LSTM_ORDER)
    elif kind == "rnn":
        joined, bias = values
    else:
        z_r = [blocks(value, 2, [1, 0]) for value in values[:2]]
        joined, bias = (np.concatenate([z_r[i], values[2 + i]], -1) for i in range(2))
    return {"kernel": joined[:features], "recurrent_kernel": joined[features:], "bias": bias}


def fixture_weights(kind, features, units):
    shapes = keras_shapes(kind, features, units)
    weights = {name: np.full(shape, 0.5) for name, shape in shapes.items()}
    weights["bias"] = np.zeros(shapes["bias"])
    return weights


def is_fixture(case):
    return case["name"].startswith("fixture")


def widths_of(case):
    """The features that each cell is given, and the units of the last."""
    return [case["features"], *(spec["units"] for spec in case["cells"])]


def build_cells(case, dtype):
    """The bare cells with their weights. They are built first: the wrapper of version 2 calls a cell without building it."""
    cells = []
    for layer, (spec, width) in enumerate(zip(case["cells"], widths_of(case))):
        cell = make_cell(spec["kind"], spec["units"], dtype, 1.0 if is_fixture(case) else 0.0)
        cell(tf.zeros([case["batch"], width], dtype), cell.zero_state(case["batch"], dtype))
        shapes = keras_shapes(spec["kind"], width, spec["units"])
        weights = fixture_weights(spec["kind"], width, spec["units"]) if is_fixture(case) else {
            name: recipe(shape, 0.4 if name == "bias" else 0.6, 10 * layer + 1 + i)
            for i, (name, shape) in enumerate(shapes.items())
        }
        for variable, value in zip(cell.variables, to_v1(spec["kind"], weights), strict=True):
            variable.assign(value.astype(dtype))
        cells.append(cell)
    return cells


def wrapper_options(wrapper_class, case, dtype):
    options = dict(case["options"])
    visitor = options.pop("visitor", "default")
    is_v2 = wrapper_class is V2
    if visitor != "default" or is_v2:
        options["dropout_state_filter_visitor"] = VISITORS[visitor]
    # Version 2 casts what it is called with to its own dtype, so it is told.
    if options.get("variational_recurrent") or is_v2:
        options["dtype"] = dtype
    return options


def wrap(wrapper_class, cells, case, options):
    """The cells with wrappers where the case has them, as one cell."""
    wrapped = []
    for layer, (cell, spec, width) in enumerate(zip(cells, case["cells"], widths_of(case))):
        if spec.get("wrapped"):
            own = dict(options)
            if "input_size" in options:
                own["input_size"] = width
            if "seed" in options:
                own["seed"] = options["seed"] + layer
            cell = wrapper_class(cell, **own)
            cell.built = True  # The cell is; building it again would make new variables.
        wrapped.append(cell)
    whole = R.MultiRNNCell(wrapped) if case.get("is_stack") else wrapped[0]
    whole._autocast = False  # A stack has no dtype to be told.
    return wrapper_class(whole, **options) if case.get("wrap_stack") else whole


def make_inputs(case, dtype):
    if is_fixture(case):
        return tf.constant(np.repeat([2.0, 1.0], 3).reshape(2, 1, 3), dtype)
    return tf.constant(recipe([case["steps"], case["batch"], case["features"]], 1, 7), dtype)


def initial_state(case, dtype):
    count = 0

    def leaf(units):
        nonlocal count
        count += 1
        shape = [case["batch"], units]
        return tf.constant(np.full(shape, 0.1) if is_fixture(case) else recipe(shape, 0.5, 19 + count), dtype)

    state = tuple(
        R.LSTMStateTuple(leaf(spec["units"]), leaf(spec["units"])) if spec["kind"] == "lstm" else leaf(spec["units"])
        for spec in case["cells"]
    )
    return state if case.get("is_stack") else state[0]


def run(wrapper_class, case, dtype):
    cells = build_cells(case, dtype)
    variables = [cell.variables for cell in cells]
    tf.random.set_seed(case.get("graph_seed"))
    whole = wrap(wrapper_class, cells, case, wrapper_options(wrapper_class, case, dtype))
    step = whole.call if isinstance(whole, V2) else whole
    inputs, state = make_inputs(case, dtype), initial_state(case, dtype)
    leaves = tf.nest.flatten(state)
    sources = [inputs, *leaves, *tf.nest.flatten(variables)]
    with tf.GradientTape() as tape:
        tape.watch([inputs, *leaves])
        outputs, carried = [], state
        for t in range(case["steps"]):
            output, carried = step(inputs[t], carried)
            outputs.append(output)
        results = [tf.stack(outputs), *tf.nest.flatten(carried)]
        loss = sum(
            tf.reduce_sum(tf.constant(recipe(list(result.shape), 1, 40 + k), dtype) * result)
            for k, result in enumerate(results)
        )
    gradients = tape.gradient(loss, sources, unconnected_gradients="zero")
    by_cell, rest = [], [gradient.numpy() for gradient in gradients[1 + len(leaves) :]]
    for spec, own, width in zip(case["cells"], variables, widths_of(case)):
        values, rest = rest[: len(own)], rest[len(own) :]
        named = from_v1(spec["kind"], width, values)
        by_cell.append({name: numbers(value) for name, value in named.items()})
    return {
        "outputs": numbers(results[0]),
        "state": [numbers(result) for result in results[1:]],
        "gradients": {
            "inputs": numbers(gradients[0]),
            "state": [numbers(gradient) for gradient in gradients[1 : 1 + len(leaves)]],
            "cells": by_cell,
        },
    }


def both(case):
    dtype = "float32" if "graph_seed" in case else "float64"
    first = run(R.DropoutWrapper, case, dtype)
    second = run(V2, case, dtype)
    assert first == second, case["name"]
    return {**case, **first}


MODES = {"a mask each step": {}, "a mask each run": {"variational_recurrent": True}}


def fixture():
    rows = {
        "nothing": {},
        "h": {"state_keep_prob": TINY},
        "c and h": {"state_keep_prob": TINY, "visitor": "everything"},
        "c only": {"state_keep_prob": TINY, "visitor": "only_c"},
        "inputs": {"input_keep_prob": TINY},
        "inputs and h": {"input_keep_prob": TINY, "state_keep_prob": TINY},
        "outputs": {"output_keep_prob": TINY},
    }
    cells = [{"kind": "lstm", "units": 3, "wrapped": True}]
    for name, options in rows.items():
        for mode, more in MODES.items():
            yield {"name": f"fixture: {name}, {mode}", "cells": cells, "features": 3, "batch": 1, "steps": 2,
                   "options": {**options, **(more if not more else {**more, "input_size": 3})}}


def all_or_nothing():
    """Cells with weights that all differ, each component dropped whole."""
    for kind in ("lstm", "gru", "rnn"):
        rows = [{"input_keep_prob": TINY}, {"state_keep_prob": TINY}, {"output_keep_prob": TINY}, {}]
        if kind == "lstm":
            rows += [{"state_keep_prob": TINY, "visitor": name} for name in ("everything", "nothing", "only_c")]
        for options in rows:
            for mode, more in MODES.items():
                if more and not options:
                    continue
                size = {"input_size": 3} if more else {}
                what = ", ".join(f"{key}={value}" for key, value in options.items()) or "nothing"
                yield {"name": f"{kind}: {what}, {mode}", "cells": [{"kind": kind, "units": 4, "wrapped": True}],
                       "features": 3, "batch": 2, "steps": 3, "options": {**options, **more, **size}}


def stacks():
    pair = [{"kind": "lstm", "units": 4}, {"kind": "lstm", "units": 3}]
    wrapped = [{**spec, "wrapped": True} for spec in pair]
    mixed = [{"kind": "gru", "units": 4, "wrapped": True}, {"kind": "lstm", "units": 3, "wrapped": True}]
    common = {"features": 3, "batch": 2, "steps": 3, "is_stack": True}
    rows = {
        "one around the stack, state": {"cells": pair, "wrap_stack": True, "options": {"state_keep_prob": TINY}},
        "one around the stack, not_first": {
            "cells": pair, "wrap_stack": True, "options": {"state_keep_prob": TINY, "visitor": "not_first"}},
        "one around the stack, input": {"cells": pair, "wrap_stack": True, "options": {"input_keep_prob": TINY}},
        "one around each, input": {"cells": wrapped, "options": {"input_keep_prob": TINY}},
        "one around each, output": {"cells": wrapped, "options": {"output_keep_prob": TINY}},
        "one around each of two kinds, state": {"cells": mixed, "options": {"state_keep_prob": TINY}},
    }
    for name, row in rows.items():
        yield {"name": f"stack: {name}", **common, **row}


def seeded():
    """Masks from seeds: the graph's, and the wrapper's through MD5."""
    some = {"input_keep_prob": 0.5, "state_keep_prob": 0.7, "output_keep_prob": 0.8, "seed": 10}
    shape = {"features": 3, "batch": 2, "steps": 3, "graph_seed": 2}
    pair = [{"kind": "lstm", "units": 4}, {"kind": "lstm", "units": 3}]
    for mode, more in MODES.items():
        size = {**more, "input_size": 3} if more else {}
        for kind in ("lstm", "gru", "rnn"):
            yield {"name": f"seeds: {kind}, {mode}", "cells": [{"kind": kind, "units": 4, "wrapped": True}],
                   "options": {**some, **size}, **shape}
        yield {"name": f"seeds: lstm, everything, {mode}", "cells": [{"kind": "lstm", "units": 4, "wrapped": True}],
               "options": {**some, **size, "visitor": "everything"}, **shape}
        yield {"name": f"seeds: one around the stack, {mode}", "cells": pair, "wrap_stack": True, "is_stack": True,
               "options": {**some, **size}, **shape}
        yield {"name": f"seeds: one around the stack, not_first, {mode}", "cells": pair, "wrap_stack": True,
               "is_stack": True, "options": {**some, **size, "visitor": "not_first"}, **shape}
        yield {"name": f"seeds: one around each, {mode}", "cells": [{**spec, "wrapped": True} for spec in pair],
               "is_stack": True, "options": {**some, **size}, **shape}


def main():
    cases = [both(case) for make in (fixture, all_or_nothing, stacks, seeded) for case in make()]
    write("dropout-wrapper.json", {"versions": versions(), "cases": cases})


if __name__ == "__main__":
    main()
