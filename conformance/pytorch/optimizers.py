# SPDX-License-Identifier: Apache-2.0
"""Golden trajectories of torch.optim on the runs of ../optimizer_runs.py, which explains them.

The file also holds `start` and `gradients` of the runs of kind `elements`.

Muon gets matrices transposed, in PyTorch's layout, and its orthogonalization in float64 instead of bfloat16.

Run: python3 optimizers.py, or with --check to compare with optimizers.json
"""

import torch
from torch import optim
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from common import numbers, versions, write
import optimizer_runs as golden


def adam(options):
    """The arguments of Adam and its kin."""
    return {"lr": options["learningRate"], "betas": (options["beta1"], options["beta2"]), "eps": options["epsilon"]}


MAKERS = {
    "sgd": lambda p, o: optim.SGD(p, o["learningRate"], o["momentum"], weight_decay=o["weightDecay"], nesterov=o["nesterov"]),
    "averageParameters": lambda p, o: optim.SGD(p, o["learningRate"]),
    "adam": lambda p, o: optim.Adam(p, **adam(o), weight_decay=o["weightDecay"]),
    "adamw": lambda p, o: optim.AdamW(p, **adam(o), weight_decay=o["weightDecay"]),
    "amsgrad": lambda p, o: optim.Adam(p, **adam(o), amsgrad=True),
    "nadam": lambda p, o: optim.NAdam(p, **adam(o), momentum_decay=o["momentumDecay"]),
    "decoupledWeightDecay": lambda p, o: optim.NAdam(
        p, **adam(o), momentum_decay=o["momentumDecay"], weight_decay=o["weightDecay"], decoupled_weight_decay=True
    ),
    "radam": lambda p, o: optim.RAdam(p, **adam(o)),
    "adamax": lambda p, o: optim.Adamax(p, **adam(o)),
    "rmsprop": lambda p, o: optim.RMSprop(p, o["learningRate"], o["rho"], o["epsilon"], momentum=o["momentum"], centered=o["centered"]),
    "adagrad": lambda p, o: optim.Adagrad(p, o["learningRate"], initial_accumulator_value=o["initialAccumulator"], eps=o["epsilon"]),
    "adadelta": lambda p, o: optim.Adadelta(p, o["learningRate"], o["rho"], o["epsilon"]),
    "asgd": lambda p, o: optim.ASGD(p, o["learningRate"], o["lambda"], o["power"], o["start"]),
    "adafactor": lambda p, o: optim.Adafactor(p, o["learningRate"], o["beta2Decay"], (o["epsilon1"], o["epsilon2"]), o["clipThreshold"], o["weightDecay"]),
    "muon": lambda p, o: optim.Muon(p, o["learningRate"], o["weightDecay"], o["momentum"], o["nesterov"], adjust_lr_fn=ADJUSTMENTS[o["scaling"]]),
}
ADJUSTMENTS = {"spectral": "original", "matchAdam": "match_rms_adamw"}


def tensor(run, values):
    """Elements in the shape that PyTorch gets."""
    shaped = torch.tensor(values).reshape(golden.shape(run))
    return shaped.T.contiguous() if run["rule"] == "muon" else shaped


def shown(run, values):
    return numbers(values.T.contiguous() if run["rule"] == "muon" else values)


def trajectory(run):
    model = torch.nn.Module()
    model.x = torch.nn.Parameter(tensor(run, golden.start(run)))
    optimizer = MAKERS[run["rule"]]([model.x], run["options"])
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(run["options"].get("decay", 0)))
    reached = {"parameters": [], "averages": []}
    for t, rate in enumerate(golden.rates(run)):
        model.x.grad = tensor(run, golden.gradient(run, t))
        if run["schedule"] != "constant":
            optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        ema.update_parameters(model)
        if t + 1 in golden.SAMPLED:
            average = optimizer.state[model.x]["ax"] if run["rule"] == "asgd" else ema.module.x
            reached["parameters"].append(shown(run, model.x))
            reached["averages"].append(shown(run, average))
    return reached if run["rule"] in golden.AVERAGING else {"parameters": reached["parameters"]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    # PyTorch keeps NAdam's product and ASGD's rates in the default dtype.
    torch.set_default_dtype(torch.float64)
    torch.bfloat16 = torch.float64
    runs = [{**run, **trajectory(run)} for run in golden.RUNS if run["rule"] in MAKERS]
    inputs = {
        "start": numbers(torch.tensor(golden.start(golden.RUNS[0]))),
        "gradients": [numbers(torch.tensor(golden.gradient(golden.RUNS[0], t))) for t in range(golden.STEPS)],
    }
    write("optimizers.json", {"versions": versions(), "sampled": golden.SAMPLED, **inputs, "runs": runs})
