# SPDX-License-Identifier: Apache-2.0
"""Which random numbers TensorFlow gives for two seeds, in eager mode.

`uniform`: calls of tf.random.uniform(shape, seed=op_seed), one after the other, after tf.random.set_seed(graph_seed); the
numbers are multiples of 2**-23 and are kept as such. `graph_seed` null means that none was set. `normal` the same with
tf.random.normal, kept as floats. `masks`: calls of tf.nn.dropout on ones, kept as 1 for kept. `seeds`: the seed pair that
TensorFlow hands to the kernel. `component_seeds`: what DropoutWrapper makes of its own seed.

Run: python3 dropout_bits.py, or with --check to compare with dropout-bits.json
"""

from dropout_common import bits, np, numbers, tf, versions, write

R = tf.compat.v1.nn.rnn_cell


def reset(graph_seed):
    tf.random.set_seed(graph_seed)  # None clears it; either way the kernels' counters start again.


def uniform(graph_seed, op_seed, shapes):
    reset(graph_seed)
    calls = [tf.random.uniform(shape, seed=op_seed) for shape in shapes]
    return {
        "graph_seed": graph_seed,
        "op_seed": op_seed,
        "shapes": shapes,
        "words": [[int(value * 2**23) for value in np.asarray(call, "float64").reshape(-1)] for call in calls],
    }


def normal(graph_seed, op_seed, shapes):
    reset(graph_seed)
    calls = [tf.random.normal(shape, seed=op_seed) for shape in shapes]
    return {"graph_seed": graph_seed, "op_seed": op_seed, "shapes": shapes, "values": [numbers(call) for call in calls]}


def masks(graph_seed, op_seed, rate, shape, noise_shape, calls):
    reset(graph_seed)
    results = [tf.nn.dropout(tf.ones(shape), rate, noise_shape=noise_shape, seed=op_seed) for _ in range(calls)]
    return {
        "graph_seed": graph_seed,
        "op_seed": op_seed,
        "rate": rate,
        "shape": shape,
        "noise_shape": noise_shape,
        "scale": float(max(result.numpy().max() for result in results)),
        "calls": [bits(result) for result in results],
    }


def pair(graph_seed, op_seed):
    reset(graph_seed)
    seeds = tf.compat.v1.random.get_seed(op_seed)
    return {"graph_seed": graph_seed, "op_seed": op_seed, "pair": list(seeds)}


def shared_counter():
    """Two ops of equal seeds in eager mode take turns on one counter; the second op's first numbers are the second draw."""
    reset(3)
    first = tf.random.uniform([4], seed=5)
    second = tf.random.uniform([4], seed=5)
    reset(3)
    again = tf.random.uniform([4], seed=5)
    return {
        "equal_seeds_share_a_counter": not np.array_equal(first, second),
        "set_seed_starts_it_again": np.array_equal(first, again),
    }


def component_seeds():
    def seeds(seed):
        wrapper = R.DropoutWrapper(R.BasicRNNCell(1), seed=seed)
        names = [("input", 0), ("input", 1), ("state", 0), ("state", 1), ("state", 2), ("output", 0), ("state", 17)]
        return {"seed": seed, "seeds": {f"{prefix}_{index}": wrapper._gen_seed(prefix, index) for prefix, index in names}}

    return [seeds(seed) for seed in (0, 1, 10, -234987, 2**40 + 3)]


def main():
    pairs = [(2, 10), (0, 5), (5, 0), (0, 0), (None, 7), (2**31 - 1, 2**31 + 5), (-3, -4), (87654321, 1124739560)]
    write(
        "dropout-bits.json",
        {
            "versions": versions(),
            "seeds": [pair(*seeds) for seeds in pairs],
            "uniform": [
                uniform(2, 10, [[3], [2, 5], [1], [17]]),
                uniform(0, 0, [[5], [4]]),
                uniform(None, 7, [[6], [6]]),
                uniform(-3, -4, [[5], [3]]),
                uniform(2**31 - 1, 2**31 + 5, [[4], [9]]),
                uniform(7, 1124739560, [[0], [3], [4, 7], [2]]),
            ],
            "normal": [normal(2, 10, [[6], [3, 3], [1]]), normal(None, 7, [[4], [5]])],
            "masks": [
                masks(2, 10, 0.5, [3, 7], None, 3),
                masks(2, 10, 0.1, [5, 40], None, 2),
                masks(0, 3, 0.9, [5, 40], None, 2),
                masks(None, 1, 0.3, [4, 6, 2], [4, 1, 2], 3),
                masks(1234, 5678, 0.25, [6, 5], [5], 3),
                masks(2, 10, 1 - 0.8, [4000], None, 1),
            ],
            "sharing": shared_counter(),
            "component_seeds": component_seeds(),
        },
    )


if __name__ == "__main__":
    main()
