# SPDX-License-Identifier: Apache-2.0
"""Golden of a small character language model: 20 training steps of two stacked LSTM layers, in float32 and float64.

    logits = dense(lstm1(lstm0(embedding(tokens))))      loss = mean cross-entropy over batch and time

- Weights: `recipe(shape, scale, offset)` of common.py in Keras layout; scales and offsets are in WEIGHTS below.
- Biases: PyTorch's LSTM adds two, Keras's one. `bias_hh` is zero and frozen here, else Adam would move the sum twice as
  far; `bias_ih` is the Keras bias.
- Tokens: row b, position n is `(n * n + 4 * b) % VOCABULARY`. Window w has inputs at
  positions w * TIME ... w * TIME + TIME - 1 and targets one position later. The LSTM state is carried from window to
  window and cut off from the gradient; it starts at zero.
- Gradients are clipped by `torch.nn.utils.clip_grad_norm_` at MAX_NORM, which scales by
  MAX_NORM / (norm + 1e-6) where the definition of Pascanu et al. has MAX_NORM / norm.
- Adam with PyTorch's epsilon; the learning rate of step s (from 0) rises linearly from 0 at s = 0 to PEAK at
  s = WARMUP, then follows half a cosine to 0 at s = STEPS.

Run: python3 char_lm.py, or with --check to compare with char-lm.json
"""

import math

import torch

from common import LSTM_ORDER, number, numbers, recipe, to_keras, to_torch, versions, write

VOCABULARY, EMBEDDING, UNITS, BATCH, TIME, STEPS = 11, 6, 8, 3, 7, 20
PEAK, WARMUP, BETA1, BETA2, EPSILON, MAX_NORM = 0.1, 4, 0.9, 0.999, 1e-8, 0.25

# Keras name: shape, scale, offset.
WEIGHTS = {
    "embedding/embeddings": ((VOCABULARY, EMBEDDING), 0.8, 1),
    "lstm0/kernel": ((EMBEDDING, 4 * UNITS), 0.5, 2),
    "lstm0/recurrentKernel": ((UNITS, 4 * UNITS), 0.4, 3),
    "lstm0/bias": ((4 * UNITS,), 0.3, 4),
    "lstm1/kernel": ((UNITS, 4 * UNITS), 0.5, 5),
    "lstm1/recurrentKernel": ((UNITS, 4 * UNITS), 0.4, 6),
    "lstm1/bias": ((4 * UNITS,), 0.3, 7),
    "dense/kernel": ((UNITS, VOCABULARY), 0.6, 8),
    "dense/bias": ((VOCABULARY,), 0.2, 9),
}


def token(b, n):
    return (n * n + 4 * b) % VOCABULARY


def learning_rate(step):
    if step < WARMUP:
        return PEAK * step / WARMUP
    return PEAK * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) / 2


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
        self.lstm = torch.nn.LSTM(EMBEDDING, UNITS, num_layers=2, batch_first=True)
        self.dense = torch.nn.Linear(UNITS, VOCABULARY)

    def forward(self, tokens, state):
        output, state = self.lstm(self.embedding(tokens), state)
        return self.dense(output), state

    def by_keras_name(self):
        """Keras name: the PyTorch parameter, and how it turns into Keras layout."""
        gates = lambda weight: to_keras(weight, LSTM_ORDER)
        same, transposed = lambda weight: weight, lambda weight: weight.t().contiguous()
        found = {"embedding/embeddings": (self.embedding.weight, same)}
        for layer in range(2):
            found[f"lstm{layer}/kernel"] = (getattr(self.lstm, f"weight_ih_l{layer}"), gates)
            found[f"lstm{layer}/recurrentKernel"] = (getattr(self.lstm, f"weight_hh_l{layer}"), gates)
            found[f"lstm{layer}/bias"] = (getattr(self.lstm, f"bias_ih_l{layer}"), gates)
        found["dense/kernel"] = (self.dense.weight, transposed)
        found["dense/bias"] = (self.dense.bias, same)
        return found

    @torch.no_grad()
    def fill(self, dtype):
        for layer in range(2):
            bias_hh = getattr(self.lstm, f"bias_hh_l{layer}")
            bias_hh.zero_()
            bias_hh.requires_grad_(False)
        for name, (parameter, _) in self.by_keras_name().items():
            value = recipe(*WEIGHTS[name]).to(dtype)
            if name.startswith("lstm"):
                value = to_torch(value, LSTM_ORDER)
            elif name == "dense/kernel":
                value = value.t()
            parameter.copy_(value)


def train(dtype):
    model = Model().to(dtype)
    model.fill(dtype)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=0.0, betas=(BETA1, BETA2), eps=EPSILON)
    state = (torch.zeros(2, BATCH, UNITS, dtype=dtype), torch.zeros(2, BATCH, UNITS, dtype=dtype))
    losses, norms, gradients = [], [], {}
    for step in range(STEPS):
        window = torch.tensor([[token(b, step * TIME + n) for n in range(TIME + 1)] for b in range(BATCH)])
        logits, state = model(window[:, :-1], state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), window[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {name: numbers(turn(parameter.grad)) for name, (parameter, turn) in model.by_keras_name().items()}
        norms.append(number(torch.nn.utils.clip_grad_norm_(trained, MAX_NORM)))
        optimizer.param_groups[0]["lr"] = learning_rate(step)
        optimizer.step()
        losses.append(number(loss))
    return {
        "losses": losses,
        "gradientNorms": norms,
        "gradientsAtStep0": gradients,
        "finalWeights": {name: numbers(turn(parameter)) for name, (parameter, turn) in model.by_keras_name().items()},
        "finalState": {"h": numbers(state[0]), "c": numbers(state[1])},
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "char-lm.json",
        {
            "versions": versions(),
            "sizes": {"vocabulary": VOCABULARY, "embedding": EMBEDDING, "units": UNITS, "batch": BATCH, "time": TIME, "steps": STEPS},
            "adam": {"peak": PEAK, "warmupSteps": WARMUP, "beta1": BETA1, "beta2": BETA2, "epsilon": EPSILON, "maxNorm": MAX_NORM},
            "learningRates": [learning_rate(step) for step in range(STEPS)],
            "tokens": [[token(b, n) for n in range(STEPS * TIME + 1)] for b in range(BATCH)],
            "weights": {name: {"shape": shape, "scale": scale, "offset": offset} for name, (shape, scale, offset) in WEIGHTS.items()},
            "float64": train(torch.float64),
            "float32": train(torch.float32),
        },
    )
