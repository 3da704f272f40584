# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of Keras's optimizers on the runs of ../optimizer_runs.py, which explains them: of the rules that
PyTorch does not have.

Keras's LAMB has no decay of its own; that of all Keras's optimizers is apart from the direction.

Run: python3 optimizers.py, or with --check to compare with optimizers.json
"""

from common import shown, versions, write

import keras

import optimizer_runs as golden

MAKERS = {
    "lion": lambda o: keras.optimizers.Lion(o["learningRate"], o["beta1"], o["beta2"], weight_decay=o["weightDecay"] or None),
    "lamb": lambda o: keras.optimizers.Lamb(o["learningRate"], o["beta1"], o["beta2"], o["epsilon"]),
}


def float64(values):
    return keras.ops.convert_to_tensor(values, "float64")


def trajectory(run):
    shaped = lambda values: keras.ops.reshape(float64(values), golden.shape(run))
    parameter = keras.Variable(shaped(golden.start(run)), dtype="float64")
    optimizer = MAKERS[run["rule"]](run["options"])
    for name in ("beta_1", "beta_2", "weight_decay"):
        # A plain number would be cast by way of float32.
        if getattr(optimizer, name) is not None:
            setattr(optimizer, name, float64(getattr(optimizer, name)))
    optimizer.build([parameter])
    reached = []
    for t in range(golden.STEPS):
        optimizer.apply([shaped(golden.gradient(run, t))], [parameter])
        if t + 1 in golden.SAMPLED:
            reached.append(shown(parameter)["values"])
    return {"parameters": reached}


def has(run):
    return run["rule"] == "lion" or (run["rule"] == "lamb" and run["options"]["weightDecay"] == 0)


if __name__ == "__main__":
    # Keras keeps its learning rate in the default dtype.
    keras.config.set_floatx("float64")
    runs = [{**run, **trajectory(run)} for run in golden.RUNS if has(run)]
    write("optimizers.json", {"versions": versions(keras=keras.__version__), "sampled": golden.SAMPLED, "runs": runs})
