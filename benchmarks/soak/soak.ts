// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memory, tensor, tidy, zeros } from '@tapeloop/core';
import { adam, chain, clipByGlobalNorm, Optimizer } from '@tapeloop/optim';
import { SoakModel } from './model.ts';

/** How long to soak. */
export interface SoakOptions {
  readonly steps: number;
  /** Called now and then with the step that was made and what is held after it. */
  readonly onProgress?: (step: number, held: Held) => void;
}

/** What is held between two steps. */
export interface Held {
  readonly tensors: number;
  /** Of the tensors. */
  readonly bytes: number;
  /** The WebAssembly memory, which never shrinks. */
  readonly heapBytes: number;
}

/** What a soak found. */
export interface SoakReport {
  readonly loss: { readonly first: number; readonly last: number };
  /** After the warm-up; no later step held more. */
  readonly held: Held;
  /** Bytes by which JavaScript's own heap grew from the middle to the end. */
  readonly scriptGrowth: number;
}

/** Steps after which nothing may grow. The first has the largest sizes. */
const warmUp = 5;
const longest = 48;
const largestBatch = 16;
const vocabulary = 40;
const units = 48;
/** tfjs starts with 16 MiB. With these filled, the model lives where the memory has to grow. */
const ballastElements = 2 ** 22;
/** Compiled code and its statistics come and go; a forgotten handle in each step is more than this. */
const scriptTolerance = 1_000_000;

/**
 * Trains a small model for many steps with ever changing sequence lengths and batch sizes.
 *
 * @throws Error naming the step after which tensors, their bytes or the WebAssembly memory have
 *   grown, or telling that JavaScript's heap has.
 */
export function soak({ steps, onProgress }: SoakOptions): SoakReport {
  const ballast = zeros([ballastElements]);
  const model = new SoakModel(vocabulary, units);
  model.build([longest, largestBatch], 'int32');
  const rule = chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }));
  const optimizer = new Optimizer(model.parameters(), rule);
  const collect = garbageCollector();
  const losses: number[] = [];
  let held = memory();
  let scriptBefore = 0;
  for (let step = 1; step <= steps; step++) {
    losses.push(trainingStep(model, optimizer, step));
    const now = memory();
    if (step <= warmUp) held = now;
    else checkGrowth(step, held, now);
    if (step === Math.ceil(steps / 2)) {
      collect();
      scriptBefore = process.memoryUsage().heapUsed;
    }
    if (step % 1000 === 0) onProgress?.(step, now);
  }
  collect();
  const scriptGrowth = process.memoryUsage().heapUsed - scriptBefore;
  if (scriptGrowth > scriptTolerance) {
    throw new Error(`soak: JavaScript's heap grew by ${scriptGrowth} bytes in the second half.`);
  }
  optimizer.dispose();
  model.dispose();
  ballast.dispose();
  return {
    loss: { first: mean(losses.slice(0, 50)), last: mean(losses.slice(-50)) },
    held,
    scriptGrowth,
  };
}

function trainingStep(model: SoakModel, optimizer: Optimizer, step: number): number {
  const { time, batch, lengths } = sizesOf(step);
  const idAt = (row: number, t: number) => (row * 7 + step + t * ((row % 3) + 1)) % vocabulary;
  const ids = (shift: number) =>
    Int32Array.from({ length: time * batch }, (_, i) =>
      idAt(i % batch, Math.floor(i / batch) + shift),
    );
  return tidy(() => {
    const inputs = tensor(ids(0), [time, batch]);
    const targets = tensor(ids(1), [time, batch]);
    const { value } = optimizer.minimize(() => model.loss(inputs, targets, lengths));
    return value.item();
  });
}

/** The largest sizes first, then all in an order without a pattern; every third step has lengths. */
function sizesOf(step: number) {
  const isFirst = step <= 2;
  const time = isFirst ? longest : 1 + ((step * 7919) % longest);
  const batch = isFirst ? largestBatch : 1 + ((step * 104_729) % largestBatch);
  const lengths = Array.from({ length: batch }, (_, row) => 1 + ((step + row * 5) % time));
  return { time, batch, lengths: step % 3 === 1 ? lengths : undefined };
}

function checkGrowth(step: number, before: Held, now: Held): void {
  for (const what of ['tensors', 'bytes', 'heapBytes'] as const) {
    if (now[what] <= before[what]) continue;
    throw new Error(
      `soak: ${what} must not grow after step ${warmUp}, got ${now[what]} after step ${step} ` +
        `instead of ${before[what]}.`,
    );
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('soak: V8 must expose its collector.');
  return () => {
    collect();
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
