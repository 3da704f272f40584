// SPDX-License-Identifier: Apache-2.0
import {
  add,
  gather,
  matMul,
  mul,
  Parameter,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from '@tapeloop/core';
import { cosines, sines } from '@tapeloop/core/testing';
import { everything, type Make } from './contract-fixtures-testing.ts';
import { Optimizer } from './optimizer.ts';

/** Rows of the table; those from `usedRows` on are in no batch. */
export const tableRows = 30;
export const usedRows = 20;

/** A table that is looked up, and a kernel, which always has a dense gradient. */
export interface LookupModel {
  readonly table: Parameter;
  readonly kernel: Parameter;
}

/** Runs `fn` with a new model. */
export function withModel<T>(sparseGradient: boolean, fn: (model: LookupModel) => T): T {
  const model = tidy(() => ({
    table: new Parameter('table', cosines([tableRows, 5]), { sparseGradient }),
    kernel: new Parameter('kernel', sines([5, 4])),
  }));
  try {
    return fn(model);
  } finally {
    model.table.dispose();
    model.kernel.dispose();
  }
}

/** Ids of one step, below `usedRows`: they repeat, and every third is 0, as padding is. */
export function batchOf(step: number, count: number): Tensor {
  const ids = Array.from({ length: count }, (_, i) =>
    i % 3 === 2 ? 0 : (step * step + 7 * i * i + 3 * i) % usedRows,
  );
  return tensor(ids, [count], 'int32');
}

/** A loss that looks the table up twice, its ids and weights changing from step to step. */
export function lossOf({ table, kernel }: LookupModel, step: number): Tensor {
  const hidden = tanh(matMul(gather(table.value, batchOf(step, 12)), kernel.value));
  const second = mul(gather(table.value, batchOf(step + 1, 4)), sines([4, 5], { start: step }));
  return add(sum(square(hidden)), sum(second));
}

/** Trains for the steps `from` up to but without `to`. */
export function trainSteps(
  optimizer: Optimizer,
  model: LookupModel,
  { from = 0, to }: { readonly from?: number; readonly to: number },
): void {
  for (let step = from; step < to; step++) {
    optimizer.minimize(() => lossOf(model, step)).value.dispose();
  }
}

/** What 50 steps make of the model and of the optimizer's state. */
export interface Trained {
  readonly values: readonly number[];
  /** Values and state, to the bit. */
  readonly bits: string;
}

/** Trains a new model with slices, or without them. */
export function train(make: Make, sparseGradient: boolean): Trained {
  return withModel(sparseGradient, (model) => {
    using optimizer = new Optimizer([model.table, model.kernel], make());
    trainSteps(optimizer, model, { to: 50 });
    return {
      values: [...model.table.value.data(), ...model.kernel.value.data()],
      bits: everything(optimizer, [model.table, model.kernel]),
    };
  });
}
