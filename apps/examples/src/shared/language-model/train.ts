// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  keep,
  softmaxCrossEntropy,
  type Tensor,
  tensor,
  tensorsIn,
  tidy,
} from '@tapeloop/core';
import type { ContiguousBatches, TextWindow } from '../contiguous-batches.ts';
import type { LanguageModel, TextState } from './model.ts';
import type { Run } from './run.ts';

/** What one training step tells. */
export interface StepReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Mean cross-entropy of the window before the update, in nats a token. */
  readonly loss: number;
  /** Length of the gradient over all parameters, before clipping. */
  readonly gradientNorm: number;
  /** Tokens that were predicted. */
  readonly tokens: number;
}

/**
 * Trains until the run has made `config.steps` steps, and reports each. Between two steps the run can
 * be saved; to stop, stop asking for reports.
 */
export function* train(run: Run): Generator<StepReport> {
  while (run.step < run.config.steps) yield trainingStep(run);
}

/**
 * One step of truncated backpropagation through time: predicts every next token of a window,
 * differentiates the loss, and lets the optimizer change the parameters.
 */
export function trainingStep(run: Run): StepReport {
  const { model, optimizer } = run;
  const window = run.data.training.at(run.step);
  if (window.isFirst) forgetState(run);
  const { loss, gradientNorm } = tidy(() => {
    const { inputs, targets } = tensorsOf(window);
    const { value, gradientNorm } = optimizer.minimize(() => {
      const { logits, state } = model.call(inputs, { state: run.state, training: true });
      return { loss: softmaxCrossEntropy(logits, targets), state };
    });
    carryState(run, value.state);
    return { loss: value.loss.item(), gradientNorm };
  });
  run.step++;
  return { step: run.step, loss, gradientNorm, tokens: window.inputs.length };
}

/** The mean cross-entropy over one pass of a text that the model is not trained on, in nats. */
export function evaluate(model: LanguageModel, text: ContiguousBatches): number {
  let state: TextState | undefined;
  let nats = 0;
  let tokens = 0;
  for (let step = 0; step < text.windowsPerPass; step++) {
    const window = text.at(step);
    const before = state;
    const result = tidy(() => {
      const { inputs, targets } = tensorsOf(window);
      const { logits, state: after } = model.call(inputs, { state: before });
      return { loss: softmaxCrossEntropy(logits, targets).item(), after };
    });
    dispose(before);
    state = result.after;
    nats += result.loss * window.inputs.length;
    tokens += window.inputs.length;
  }
  dispose(state);
  return nats / tokens;
}

/**
 * Hands the state of this window on to the next. The tape that made it is gone, so no gradient will
 * flow from the next window back into this one: that is where backpropagation is truncated.
 */
function carryState(run: Run, state: TextState): void {
  forgetState(run);
  for (const part of tensorsIn(state)) keep(part);
  run.state = state;
}

/** The next window begins a text: nothing comes before it. */
function forgetState(run: Run): void {
  dispose(run.state);
  run.state = undefined;
}

function tensorsOf({
  inputs,
  targets,
  time,
  batch,
}: TextWindow): Record<'inputs' | 'targets', Tensor> {
  return { inputs: tensor(inputs, [time, batch]), targets: tensor(targets, [time, batch]) };
}
