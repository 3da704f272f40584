# SPDX-License-Identifier: Apache-2.0
"""Values and gradients of TensorFlow's dropout layers in training, with masks from seeds, in eager mode and float32.

Each case makes one layer with `seed` after tf.random.set_seed(graph_seed) and calls it `calls` times on
recipe(shape, 1, 5); `outputs` and `gradients`, of sum(recipe(shape, 1, 40) * output), are one list a call. `layer` is the class;
`v1` is tf.compat.v1.layers.Dropout, `v1 function` its functional twin tf.compat.v1.layers.dropout, called with the same seed
each time, and `op` is tf.nn.dropout, called so too.

Run: python3 dropout_layers.py, or with --check to compare with dropout-layers.json
"""

from dropout_common import numbers, recipe, tf, versions, write

K = tf.keras.layers


def function(make):
    """A factory of something that is called as a layer is."""
    return lambda rate, **options: lambda x, training: make(x, rate, training, options)


MAKERS = {
    "v1": tf.compat.v1.layers.Dropout,
    "v1 function": function(lambda x, rate, training, o: tf.compat.v1.layers.dropout(x, rate, training=training, **o)),
    "op": function(lambda x, rate, training, o: tf.nn.dropout(x, rate, **o) if training else x),
    "keras": K.Dropout,
    "SpatialDropout1D": lambda rate, seed: with_seed(K.SpatialDropout1D(rate), seed),
    "GaussianDropout": K.GaussianDropout,
    "AlphaDropout": K.AlphaDropout,
}


def with_seed(layer, seed):
    """SpatialDropout1D takes no seed in the Keras that is run; later ones do, and hand it on as Dropout's."""
    layer._random_generator._seed = seed
    return layer


def case(layer, rate, shape, graph_seed, seed, calls=2, **options):
    tf.random.set_seed(graph_seed)
    made = MAKERS[layer](rate, seed=seed, **options)
    x, weight = tf.constant(recipe(shape, 1, 5, "float32")), tf.constant(recipe(shape, 1, 40, "float32"))
    outputs, gradients = [], []
    for _ in range(calls):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = made(x, training=True)
            loss = tf.reduce_sum(weight * y)
        outputs.append(numbers(y))
        gradients.append(numbers(tape.gradient(loss, x)))
    assert (made(x, training=False).numpy() == x.numpy()).all()
    return {
        "layer": layer, "rate": rate, "shape": shape, "graph_seed": graph_seed, "seed": seed, "options": options,
        "outputs": outputs, "gradients": gradients,
    }


def main():
    plain = ("v1", "v1 function", "op", "keras")
    cases = [case(layer, 0.5, [4, 5], 2, 10, calls=3) for layer in plain]
    cases += [case(layer, 0.3, [4, 3, 2], 7, 0, noise_shape=[4, 1, 2]) for layer in plain]
    cases += [case(layer, 0.8, [6, 5], None, 3, noise_shape=[1, 5]) for layer in ("v1", "keras")]
    cases += [case("keras", 0.4, [4, 3, 2], 7, 1, noise_shape=[None, 1, None])]
    cases += [case("SpatialDropout1D", 0.5, [3, 4, 5], 2, 10)]
    cases += [case("GaussianDropout", rate, [5, 7], 2, 10) for rate in (0.2, 0.7)]
    cases += [case("AlphaDropout", rate, [5, 7], 2, 10) for rate in (0.2, 0.7)]
    cases += [case("AlphaDropout", 0.5, [5, 7], 2, 10, noise_shape=[5, 1])]
    write("dropout-layers.json", {"versions": versions(), "cases": cases})


if __name__ == "__main__":
    main()
