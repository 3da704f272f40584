# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of torch.optim's other rules, in float64, over a grid of their hyper-parameters.

Runs of kind `elements` have the six parameters and the gradients of optimizers.py, which explains them. Runs of kind
`matrix` have one parameter of shape `shape` in Keras's layout, [inputs, outputs], which starts at
`recipe(shape, 0.5, 1)`; the gradient of its element k (row-major) at step t is

    10 ** sin(0.11 t) * cos(0.7 t (1 + k / 10) + k + k * k / 7)

Muon gets matrices transposed, in PyTorch's layout, and its orthogonalization in float64 instead of bfloat16.

`parameters[i]` holds the values after step SAMPLED[i] (from 1), `averages[i]` the averages that ASGD and AveragedModel
keep. `scheduled` runs multiply the learning rate by optimizers.py's half_cosine.

Run: python3 optimizer_rules.py, or with --check to compare with optimizer-rules.json
"""

import itertools
import math

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from common import numbers, recipe, versions, write
from optimizers import GRADIENTS, STEPS, half_cosine

SAMPLED = [1, 2, 10, 50, 100, 200]


def grid(name, make, kind="elements", scheduled=False, **axes):
    """A run for each combination of the lists in `axes`."""
    for values in itertools.product(*axes.values()):
        options = dict(zip(axes.keys(), values))
        yield {"rule": name, "kind": kind, "scheduled": scheduled, "options": options}, make


def betas(options):
    """PyTorch's pair from `beta1` and `beta2`."""
    rest = {key: value for key, value in options.items() if key not in ("beta1", "beta2")}
    return {**rest, "betas": (options["beta1"], options["beta2"])}


optim = torch.optim
FAST, SLOW = dict(beta1=[0.8], beta2=[0.95]), dict(beta1=[0.9], beta2=[0.999])
RUNS = [
    *grid("sgd", lambda p, o: optim.SGD(p, **o), lr=[0.05], momentum=[0, 0.9], weight_decay=[0.1]),
    *grid("adam", lambda p, o: optim.Adam(p, **betas(o)), lr=[0.05], **FAST, eps=[1e-8], weight_decay=[0.1]),
    *grid("adamw", lambda p, o: optim.AdamW(p, **betas(o)), lr=[0.05], **FAST, eps=[1e-8], weight_decay=[0, 0.2]),
    *grid("adamw", lambda p, o: optim.AdamW(p, **betas(o)), lr=[0.002], **SLOW, eps=[1e-3], weight_decay=[0.5]),
    *grid("adamw", lambda p, o: optim.AdamW(p, **betas(o)), scheduled=True, lr=[0.05], **SLOW, eps=[1e-8], weight_decay=[0.1]),
    *grid("amsgrad", lambda p, o: optim.Adam(p, amsgrad=True, **betas(o)), lr=[0.01, 0.1], **FAST, eps=[1e-8, 1e-2]),
    *grid("nadam", lambda p, o: optim.NAdam(p, **betas(o)), lr=[0.02], **FAST, eps=[1e-8], momentum_decay=[0, 0.004, 0.1]),
    *grid("nadam", lambda p, o: optim.NAdam(p, decoupled_weight_decay=True, **betas(o)), lr=[0.02], **SLOW, eps=[1e-6], momentum_decay=[0.004], weight_decay=[0.2]),
    *grid("radam", lambda p, o: optim.RAdam(p, **betas(o)), lr=[0.02], **FAST, eps=[1e-8, 1e-2]),
    *grid("radam", lambda p, o: optim.RAdam(p, **betas(o)), lr=[0.02], **SLOW, eps=[1e-8]),
    *grid("adamax", lambda p, o: optim.Adamax(p, **betas(o)), lr=[0.02], **FAST, eps=[1e-8, 1e-2]),
    *grid("adamax", lambda p, o: optim.Adamax(p, **betas(o)), lr=[0.002], **SLOW, eps=[1e-8]),
    *grid("rmsprop", lambda p, o: optim.RMSprop(p, **o), lr=[0.01], alpha=[0.9, 0.99], eps=[1e-6], momentum=[0, 0.8], centered=[False, True]),
    *grid("adagrad", lambda p, o: optim.Adagrad(p, **o), lr=[0.1], eps=[1e-10, 1e-3], initial_accumulator_value=[0, 0.1], lr_decay=[0, 0.01]),
    *grid("adadelta", lambda p, o: optim.Adadelta(p, **o), lr=[1, 0.3], rho=[0.9, 0.95], eps=[1e-6, 1e-3]),
    *grid("asgd", lambda p, o: optim.ASGD(p, **o), lr=[0.02], lambd=[0, 0.05], alpha=[0.75], t0=[0, 60]),
    *grid("sgd with ema", lambda p, o: optim.SGD(p, lr=o["lr"]), lr=[0.02], decay=[0.9, 0.99]),
    *grid("adafactor", lambda p, o: optim.Adafactor(p, **o), lr=[0.05], beta2_decay=[-0.8], eps=[[1e-7, 1e-3]], d=[1.0, 2.0], weight_decay=[0, 0.1]),
    *grid("adafactor", lambda p, o: optim.Adafactor(p, **o), kind="matrix", lr=[0.05, 1], beta2_decay=[-0.8, -0.5], eps=[[1e-7, 1e-3]], d=[1.0], weight_decay=[0.1]),
    *grid("muon", lambda p, o: optim.Muon(p, **o), kind="matrix", lr=[0.02], momentum=[0.95], nesterov=[True, False], weight_decay=[0, 0.1], adjust_lr_fn=["original"]),
    *grid("muon", lambda p, o: optim.Muon(p, **o), kind="matrix", lr=[0.02], momentum=[0.8], nesterov=[True], weight_decay=[0.1], adjust_lr_fn=["match_rms_adamw"]),
]
SHAPES = [[3, 5], [5, 3]]


def matrix_gradient(shape, t):
    size = 10 ** math.sin(0.11 * t)
    values = [size * math.cos(0.7 * t * (1 + k / 10) + k + k * k / 7) for k in range(math.prod(shape))]
    return torch.tensor(values).reshape(shape)


def element_gradient(t):
    return torch.tensor([gradient(t) for gradient in GRADIENTS])


def trajectory(run, make, start, gradient_at):
    model = torch.nn.Module()
    model.x = torch.nn.Parameter(start.clone())
    optimizer = make([model.x], run["options"])
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(run["options"].get("decay", 0)))
    parameters, averages = [], []
    for t in range(STEPS):
        model.x.grad = gradient_at(t)
        if run["scheduled"]:
            optimizer.param_groups[0]["lr"] = run["options"]["lr"] * half_cosine(t)
        optimizer.step()
        ema.update_parameters(model)
        if t + 1 in SAMPLED:
            parameters.append(model.x.detach().clone())
            averages.append(optimizer.state[model.x]["ax"].clone() if run["rule"] == "asgd" else ema.module.x.detach().clone())
    return parameters, averages


def golden(run, make):
    if run["kind"] == "elements":
        parameters, averages = trajectory(run, make, recipe([len(GRADIENTS)], 1, 0.5), element_gradient)
        kept = {"averages": [numbers(x) for x in averages]} if run["rule"] in ("asgd", "sgd with ema") else {}
        return [{**run, "parameters": [numbers(x) for x in parameters], **kept}]
    return [golden_matrix(run, make, shape) for shape in SHAPES]


def golden_matrix(run, make, shape):
    turn = (lambda x: x.T.contiguous()) if run["rule"] == "muon" else (lambda x: x)
    parameters, _ = trajectory(run, make, turn(recipe(shape, 0.5, 1)), lambda t: turn(matrix_gradient(shape, t)))
    return {**run, "shape": shape, "parameters": [numbers(turn(x)) for x in parameters]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    # PyTorch keeps NAdam's product and ASGD's rates in the default dtype.
    torch.set_default_dtype(torch.float64)
    torch.bfloat16 = torch.float64
    runs = [result for run, make in RUNS for result in golden(run, make)]
    write("optimizer-rules.json", {"versions": versions(), "sampled": SAMPLED, "runs": runs})
