# SPDX-License-Identifier: Apache-2.0
"""Which arguments TensorFlow's four dropout APIs take, which error they raise for the others, and in which order they check.

`wrappers`: for both wrappers, by name, what constructing gives and, where that is `ok`, what the first call gives: `ok` or the
built-in error's name. `order`: several bad arguments at once, and a word of the message that tells which was reported.
`visitors`: for a nested state of ones with a state keep probability of 1e-12, which leaves a visitor drops (1 for kept, leaves
in the order of tf.nest), how often it is called, or the error. `structures`: what tf.nest makes of a visitor's verdicts.
`layers`: the same for both layers. `configs`: what get_config gives.

In the JSON tuples are lists, and an LSTMStateTuple is {"c", "h"}.

Run: python3 dropout_errors.py, or with --check to compare with dropout-errors.json
"""

import math

from dropout_common import bits, np, outcome, tf, versions, write

from tensorflow.python.util import nest

R = tf.compat.v1.nn.rnn_cell
V2 = tf.nn.RNNCellDropoutWrapper
WRAPPERS = {"v1": R.DropoutWrapper, "v2": V2}
TINY = 1e-12


class Echo:
    """A cell that gives back its inputs and state. Not of any class of TensorFlow's."""

    def __init__(self, state_size=3, output_size=3):
        self.state_size, self.output_size = state_size, output_size

    def zero_state(self, batch_size, dtype):
        return tf.zeros([batch_size, self.state_size], dtype)

    def call(self, inputs, state, **_):
        return inputs, state

    def __call__(self, inputs, state, scope=None):
        return inputs, state


def step(wrapper, inputs=None, state=None):
    call = wrapper.call if isinstance(wrapper, V2) else wrapper
    inputs = tf.ones([2, 3]) if inputs is None else inputs
    return call(inputs, tf.ones([2, 3]) if state is None else state)


def construct_and_call(make, call=step):
    built = outcome(make)
    return {"construct": built, **({"call": outcome(lambda: call(make()))} if built == "ok" else {})}


PROBABILITIES = {
    "nan": math.nan, "-0.1": -0.1, "1.1": 1.1, "inf": math.inf, "-inf": -math.inf, "none": None, "string": "half",
    "true": True, "false": False, "list of one": [0.5], "list of two": [0.5, 0.5], "0": 0, "-0": -0.0, "0.5": 0.5, "1": 1,
    "scalar": tf.constant(0.5), "scalar of 2": tf.constant(2.0), "vector": tf.constant([0.5, 0.5]),
}
VARIATIONAL = {"variational_recurrent": True, "dtype": "float32", "input_size": 3}


def wrappers():
    result = {}
    for api, wrapper in WRAPPERS.items():
        for mode, more in {"step": {}, "run": VARIATIONAL}.items():
            for component in ("input", "state", "output"):
                for name, p in PROBABILITIES.items():
                    make = lambda: wrapper(Echo(), **more, **{f"{component}_keep_prob": p})
                    result[f"{api} {mode} {component}: {name}"] = construct_and_call(make)
        others = {
            "no dtype": {"variational_recurrent": True},
            "no input_size, inputs kept": {"variational_recurrent": True, "dtype": "float32"},
            "no input_size, inputs dropped": {"variational_recurrent": True, "dtype": "float32", "input_keep_prob": 0.5},
            "input_size given needlessly": {"input_size": 7},
            "int dtype, variational": {"variational_recurrent": True, "dtype": "int32"},
            "int dtype": {"dtype": "int32"},
            "visitor 1": {"dropout_state_filter_visitor": 1},
            "visitor none": {"dropout_state_filter_visitor": None},
            "unknown option": {"keep_state_fn": lambda _: True},
            "seed 0.5": {"seed": 0.5, "input_keep_prob": 0.5},
            "seed 0": {"seed": 0, "input_keep_prob": 0.5},
            "seed -1": {"seed": -1, "input_keep_prob": 0.5},
            "variational 1": {"variational_recurrent": 1, "dtype": "float32"},
            "input_size 2 for 3": {**VARIATIONAL, "input_keep_prob": 0.5, "input_size": 2},
            "input_size 1 for 3": {**VARIATIONAL, "input_keep_prob": 0.5, "input_size": 1},
            "input_size [3] for a tensor": {**VARIATIONAL, "input_keep_prob": 0.5, "input_size": [3]},
            "input_size shape (3,)": {**VARIATIONAL, "input_keep_prob": 0.5, "input_size": tf.TensorShape([3])},
        }
        for name, options in others.items():
            result[f"{api}: {name}"] = construct_and_call(lambda: wrapper(Echo(), **options))
        int_state = lambda w: step(w, state=tf.ones([2, 3], tf.int32))
        result[f"{api}: int state dropped"] = construct_and_call(lambda: wrapper(Echo(), state_keep_prob=0.5), int_state)
        result[f"{api}: int state kept"] = construct_and_call(lambda: wrapper(Echo(), output_keep_prob=0.5), int_state)
        for name, cell in {"none": None, "number": 3, "object": object()}.items():
            result[f"{api}: cell {name}"] = {"construct": outcome(lambda: wrapper(cell))}
        wrapped = wrapper(Echo())
        result[f"{api}: graph"] = {"call": outcome(lambda: wrapped.graph)}
        result[f"{api}: scope_name"] = {"call": outcome(lambda: wrapped.scope_name)}
        for name, options in {
            "nothing": {}, "batch_size only": {"batch_size": 2}, "both": {"batch_size": 2, "dtype": tf.float32},
            "inputs": {"inputs": tf.ones([2, 3])}, "another batch_size": {"inputs": tf.ones([2, 3]), "batch_size": 5},
            "another dtype": {"inputs": tf.ones([2, 3]), "dtype": tf.float64},
        }.items():
            result[f"{api} get_initial_state: {name}"] = {"call": outcome(lambda: wrapped.get_initial_state(**options))}
    return result


def order():
    bad = {**VARIATIONAL, "input_keep_prob": 2, "state_keep_prob": 3, "output_keep_prob": 4}
    visitor = {"dropout_state_filter_visitor": 1}
    rows = {
        "cell, visitor, probabilities": (object(), {**bad, **visitor}),
        "unknown option, cell": (object(), {**bad, "keep_state_fn": None}),
        "visitor, probabilities": (Echo(), {**bad, **visitor}),
        "all probabilities": (Echo(), bad),
        "state, output": (Echo(), {**bad, "input_keep_prob": 1}),
        "output, dtype": (Echo(), {"output_keep_prob": 4, "variational_recurrent": True}),
        "dtype, input_size": (Echo(), {"input_keep_prob": 0.5, "variational_recurrent": True}),
        "input_size": (Echo(), {"input_keep_prob": 0.5, "variational_recurrent": True, "dtype": "float32"}),
    }
    words = ["input_keep_prob <", "input_keep_prob", "state_keep_prob", "output_keep_prob", "RNNCell", "keep_state_fn",
             "visitor", "dtype"]
    result = {}
    for name, (cell, options) in rows.items():
        try:
            R.DropoutWrapper(cell, **options)
        except Exception as error:  # noqa: BLE001
            found = next(word for word in words if word in str(error))
            reported = {"input_keep_prob <": "input_size", "RNNCell": "cell"}.get(found, found)
            result[name] = {"error": outcome(lambda: R.DropoutWrapper(cell, **options)), "reported": reported}
    return result


def shown(node):
    if isinstance(node, R.LSTMStateTuple):
        return {"c": shown(node.c), "h": shown(node.h)}
    if isinstance(node, (list, tuple)):
        return [shown(each) for each in node]
    if isinstance(node, dict):
        return {key: shown(each) for key, each in node.items()}
    return node


LSTM = R.LSTMStateTuple
STATES = {
    "tensor": 3,
    "pair": (3, 3),
    "lstm": LSTM(3, 3),
    "stack": (LSTM(3, 3), LSTM(3, 3)),
    "dict": {"b": 3, "a": (3, LSTM(3, 3))},
    "nested": (3, ((3, 3), (LSTM(3, 3), 3)), ()),
}


def is_stack(part):
    return isinstance(part, tuple) and not hasattr(part, "_fields")


VISITORS = {
    "default": None,
    "everything": lambda part: True,
    "nothing": lambda part: False,
    "first entry only": lambda part: tuple(i == 0 for i in range(len(part))) if is_stack(part) else True,
    "leaves only": lambda part: not is_stack(part) or len(part) > 0,
    "1": lambda part: 1,
    "none": lambda part: None,
    "list": lambda part: [True],
}


def visitors():
    result = {}
    for state_name, size in STATES.items():
        for name, visitor in VISITORS.items():
            calls = 0

            def counted(part):
                nonlocal calls
                calls += 1
                return visitor(part)

            options = {} if visitor is None else {"dropout_state_filter_visitor": counted}
            wrapper = R.DropoutWrapper(Echo(size), state_keep_prob=TINY, **options)
            state = nest.map_structure(lambda width: tf.ones([1, width]), size)
            error = outcome(lambda: step(wrapper, state=state))
            if error != "ok":
                result[f"{state_name}: {name}"] = {"error": error}
                continue
            calls = 0
            leaves = nest.flatten(step(wrapper, state=state)[1])
            kept = "".join(bits(leaf)[0] for leaf in leaves)
            result[f"{state_name}: {name}"] = {"kept": kept, **({} if visitor is None else {"calls": calls})}
    return result


def structures():
    def traverse(visitor, structure):
        try:
            return {"result": shown(nest.get_traverse_shallow_structure(visitor, structure))}
        except (TypeError, ValueError) as error:
            return {"error": type(error).__name__}

    return {
        "not a tuple": traverse(lambda s: not isinstance(s, tuple), [3, 4, (1, 2, [0]), [5, 6], {"a": (7,)}, []]),
        "first of a tuple": traverse(lambda s: (True, False) if isinstance(s, tuple) else True, [(1, [2]), ([1], 2)]),
        "[True] for a leaf": traverse(lambda s: [True], 0),
        "1 for [1]": traverse(lambda s: 1, [1]),
        "[1] for [1]": traverse(lambda s: [1], [1]),
        "(True,) for [1]": traverse(lambda s: (True,), [1]),
        "[True] for [1, 2]": traverse(lambda s: [True], [1, 2]),
        "[True, True] for [1]": traverse(lambda s: [True, True], [1]),
        "None for a leaf": traverse(lambda s: None, 0),
        "{a} for {b}": traverse(lambda s: {"a": True}, {"b": 1}),
    }


def layers():
    makers = {"v1": tf.compat.v1.layers.Dropout, "keras": tf.keras.layers.Dropout}
    result = {}
    x = tf.ones([40, 30])
    rates = {"-0.1": -0.1, "1.1": 1.1, "nan": math.nan, "inf": math.inf, "none": None, "string": "0.5", "list": [0.5],
             "0": 0, "1": 1, "0.5": 0.5, "scalar": tf.constant(0.5)}
    flags = {"true": True, "false": False, "1": 1, "0": 0, "none": None}
    shapes = {"[40,40]": [40, 40], "[40,30,5]": [40, 30, 5], "[43]": [43], "[40]": [40], "[30]": [30], "[1,30]": [1, 30],
              "[40,1]": [40, 1], "[1,1]": [1, 1], "[null,1]": [None, 1], "[-1,30]": [-1, 30], "[2,40,30]": [2, 40, 30]}
    for api, make in makers.items():
        for name, rate in rates.items():
            for flag in (True, False):
                key = f"{api} rate {name}, training {str(flag).lower()}"
                result[key] = construct_and_call(lambda: make(rate), lambda layer: layer(x, training=flag))
        for name, shape in shapes.items():
            result[f"{api} noise_shape {name}"] = construct_and_call(
                lambda: make(0.5, noise_shape=shape), lambda layer: layer(x, training=True))
        for name, flag in flags.items():
            dropped = bool((make(0.5, seed=1)(x, training=flag).numpy() == 0).any())
            result[f"{api} training {name}"] = {"dropped": dropped}
        for name, rate, flag in (("ints, training", 0.5, True), ("ints", 0.5, False), ("ints, rate 0, training", 0, True)):
            result[f"{api} {name}"] = construct_and_call(
                lambda: make(rate), lambda layer: layer(tf.ones([2], tf.int32), training=flag))
        result[f"{api} scalar input"] = construct_and_call(lambda: make(0.5), lambda layer: layer(tf.constant(1.0), training=True))
        result[f"{api} no rate"] = {"construct": outcome(make)}
        result[f"{api} unknown option"] = {"construct": outcome(lambda: make(0.5, keep_prob=0.5))}
        result[f"{api} not trainable"] = {"dropped": bool((make(0.5, seed=1, trainable=False)(x, training=True).numpy() == 0).any())}
        layer = make(0.5)
        result[f"{api} has"] = {
            name: hasattr(type(layer), name)
            for name in ("apply", "graph", "scope_name", "get_losses_for", "get_updates_for", "compute_mask", "compute_output_shape")
        }
        mask = tf.constant([[True], [False]])
        assert layer.supports_masking and layer.compute_mask(x, mask) is mask and layer.weights == []
    layer = makers["v1"](0.5)
    result["v1 scope_name before a call"] = {"call": outcome(lambda: layer.scope_name)}
    result["v1 graph"] = {"call": outcome(lambda: layer.graph)}
    layer(x)
    result["v1 scope_name after a call"] = {"call": outcome(lambda: layer.scope_name)}
    return result


def configs():
    v1, keras = tf.compat.v1.layers.Dropout, tf.keras.layers.Dropout
    cell = R.BasicRNNCell(1)
    options = {"input_keep_prob": 0.5, "state_keep_prob": 0.25, "output_keep_prob": 0.75, "variational_recurrent": True,
               "input_size": 3, "dtype": "float32", "seed": 7}
    gru = tf.keras.layers.GRUCell(5)
    return {
        "v1 Dropout": v1(name="d").get_config(),
        "v1 Dropout, all": v1(0.25, noise_shape=[None, 1], seed=3, name="d", trainable=False).get_config(),
        "keras Dropout": keras(0.25, name="d").get_config(),
        "keras Dropout, all": keras(0.25, noise_shape=[None, 1], seed=0, name="d").get_config(),
        "SpatialDropout1D": tf.keras.layers.SpatialDropout1D(0.25, name="d").get_config(),
        "GaussianDropout": tf.keras.layers.GaussianDropout(0.25, seed=2, name="d").get_config(),
        "AlphaDropout": tf.keras.layers.AlphaDropout(0.25, noise_shape=[None, 1], seed=2, name="d").get_config(),
        "v1 DropoutWrapper": {**R.DropoutWrapper(cell, name="w").get_config(), "cell": None},
        "v1 DropoutWrapper, all": {**R.DropoutWrapper(cell, name="w", **options).get_config(), "cell": None},
        "v2 DropoutWrapper, all": V2(gru, name="w", **options).get_config(),
    }


def main():
    write(
        "dropout-errors.json",
        {
            "versions": versions(),
            "wrappers": wrappers(),
            "order": order(),
            "visitors": visitors(),
            "structures": structures(),
            "layers": layers(),
            "configs": configs(),
        },
    )


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
