# SPDX-License-Identifier: Apache-2.0
"""TensorFlow's `tf.compat.v1.nn.rnn_cell.LSTMCell` (peepholes, clipping, projection) in float64 over three steps, and the residual
wrappers: values and gradients. The package tf-keras holds these classes now that Keras 3 has dropped them.

Cases are those of rnn.py with the layer "RNN" around a cell. TensorFlow keeps one kernel [x, h] with gates i, j, f, o and adds
`forget_bias` to f at each step; the descriptions and the gradients here are of Keras's layout instead: kernel and recurrentKernel
with gates i, f, c, o, and a bias that has the forget bias inside.

Run: python3 legacy_cells.py, or with --check to compare with legacy_cells.json
"""

from common import filled, recipe, shown, versions, weighted_loss, write

import tensorflow as tf
import tf_keras
from tf_keras.src.layers.rnn import legacy_cell_wrappers, legacy_cells

tf_keras.backend.set_floatx("float64")

B, T, F, U, P = 3, 3, 3, 4, 2
FORGET_BIAS = 1.0


def permuted(weight):
    """Columns i, f, c, o as TensorFlow's i, c, f, o; its own inverse."""
    i, f, c, o = tf.split(weight, 4, axis=-1)
    return tf.concat([i, c, f, o], axis=-1)


def peephole_case(use_peepholes=True, cell_clip=None, num_proj=None, proj_clip=None, residual=False):
    cell = legacy_cells.LSTMCell(
        U,
        use_peepholes=use_peepholes,
        cell_clip=cell_clip,
        num_proj=num_proj,
        proj_clip=proj_clip,
        forget_bias=FORGET_BIAS,
        dtype=tf.float64,
    )
    outputs_size = U if num_proj is None else num_proj
    features = outputs_size if residual else F
    cell.build([B, features])
    shapes = {"kernel": [features, 4 * U], "recurrentKernel": [outputs_size, 4 * U], "bias": [4 * U]}
    if use_peepholes:
        shapes.update({f"{gate}GatePeepholeWeights": [U] for gate in ("input", "forget", "output")})
    if num_proj is not None:
        shapes["projectionKernel"] = [U, num_proj]
    weights = {
        name: recipe(shape, 0.9 if len(shape) > 1 else 0.5, 10 + 3 * i) for i, (name, shape) in enumerate(shapes.items())
    }
    inputs = {"x": recipe([B, T, features], 1.5, 1)}
    states = {"h": recipe([B, outputs_size], 0.7, 60), "c": recipe([B, U], 1.2, 62)}
    variables = {name: tf.Variable(filled(each)) for name, each in {**inputs, **states, **weights}.items()}
    with tf.GradientTape() as tape:
        # The cell's own variables are replaced by tensors made from ours, so that gradients have our layout.
        shift = tf.concat([tf.zeros(U, tf.float64), FORGET_BIAS * tf.ones(U, tf.float64), tf.zeros(2 * U, tf.float64)], 0)
        cell._kernel = permuted(tf.concat([variables["kernel"], variables["recurrentKernel"]], axis=0))
        cell._bias = permuted(variables["bias"] - shift)
        if use_peepholes:
            cell._w_i_diag = tf.convert_to_tensor(variables["inputGatePeepholeWeights"])
            cell._w_f_diag = tf.convert_to_tensor(variables["forgetGatePeepholeWeights"])
            cell._w_o_diag = tf.convert_to_tensor(variables["outputGatePeepholeWeights"])
        if num_proj is not None:
            cell._proj_kernel = tf.convert_to_tensor(variables["projectionKernel"])
        stepped = legacy_cell_wrappers.ResidualWrapper(cell) if residual else cell
        state = legacy_cells.LSTMStateTuple(tf.convert_to_tensor(variables["c"]), tf.convert_to_tensor(variables["h"]))
        steps = []
        for t in range(T):
            step = stepped if residual else cell.call
            output, state = step(variables["x"][:, t], state)
            steps.append(output)
        outputs = {"output": tf.stack(steps, axis=1), "h": state.h, "c": state.c}
        loss = weighted_loss(outputs)
    gradients = tape.gradient(loss, variables)
    config = {"units": U, "usePeepholes": use_peepholes, "cellClip": cell_clip, "numProj": num_proj, "projClip": proj_clip}
    saved = {"className": "PeepholeLSTMCell", "config": config}
    if residual:
        saved = {"className": "ResidualWrapper", "config": {"cell": saved}}
    return {
        "layer": {"className": "RNN", "config": {"cell": saved, "returnSequences": True, "returnState": True}},
        "inputs": inputs,
        "initialState": states,
        "weights": weights,
        "outputs": {name: shown(value) for name, value in outputs.items()},
        "gradients": {name: shown(value) for name, value in gradients.items()},
    }


def cases():
    return {
        "LSTMCell without peepholes": peephole_case(use_peepholes=False),
        "peepholes": peephole_case(),
        "peepholes, cell clip": peephole_case(cell_clip=0.6),
        "projection": peephole_case(use_peepholes=False, num_proj=P),
        "peepholes, cell clip, projection, projection clip": peephole_case(cell_clip=0.9, num_proj=P, proj_clip=0.25),
        "ResidualWrapper around peepholes": peephole_case(residual=True),
    }


if __name__ == "__main__":
    write("legacy_cells.json", {"versions": versions(tf_keras=tf_keras.__version__), "cases": cases()})
