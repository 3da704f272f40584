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
import type { ContiguousBatches, TextWindow } from '../shared/contiguous-batches.ts';
import type { CharModel, CharState } from './model.ts';
import type { Run } from './run.ts';

/** What one training step tells. */
export interface StepReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Mean cross-entropy of the window before the update, in nats a character. */
  readonly loss: number;
  /** Length of the gradient over all parameters, before clipping. */
  readonly gradientNorm: number;
  /** Characters that were predicted. */
  readonly characters: number;
}

/**
 * Trains until the run has made `config.steps` steps, and reports each. Between two steps the run can
 * be saved; to stop, stop asking for reports.
 */
export function* train(run: Run): Generator<StepReport> {
  while (run.step < run.config.steps) yield trainingStep(run);
}

/**
 * One step of truncated backpropagation through time: predicts every next character of a window,
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
  return { step: run.step, loss, gradientNorm, characters: window.inputs.length };
}

/** The mean cross-entropy over one pass of a text that the model is not trained on, in nats. */
export function evaluate(model: CharModel, text: ContiguousBatches): number {
  let state: CharState | undefined;
  let nats = 0;
  let characters = 0;
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
    characters += window.inputs.length;
  }
  dispose(state);
  return nats / characters;
}

/** Nats as bits: a loss of 1 bit a character would let the text be packed to 1/8 of its bytes. */
export function bits(nats: number): number {
  return nats / Math.LN2;
}

/**
 * Hands the state of this window on to the next. The tape that made it is gone, so no gradient will
 * flow from the next window back into this one: that is where backpropagation is truncated.
 */
function carryState(run: Run, state: CharState): void {
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
