// SPDX-License-Identifier: Apache-2.0
export type { CellOptions, GatedCellOptions } from './cell-options.ts';
export { componentSeed } from './component-seed.ts';
export { DropoutWrapper, type DropoutWrapperOptions } from './dropout-wrapper.ts';
export type { GateActivations } from './gate-activations.ts';
export {
  GRUCell,
  type GRUCellOptions,
  type GRUWeights,
  gruStepResetAfter,
  gruStepResetBefore,
} from './gru-cell.ts';
export type { KeepProbability } from './keep-probability.ts';
export { LSTMCell, type LSTMCellOptions, type LSTMWeights, lstmStep } from './lstm-cell.ts';
export { LSTMState } from './lstm-state.ts';
export { RNN, type RNNContext, type RNNOptions, type RNNOutput } from './rnn.ts';
export {
  type CellResult,
  type InitialStateOptions,
  RNNCell,
  type SequenceInputs,
  type SequenceResult,
} from './rnn-cell.ts';
export { withRun } from './run.ts';
export { SimpleRNNCell, type SimpleRNNWeights, simpleRNNStep } from './simple-rnn-cell.ts';
export type { Size, SizeTree } from './size.ts';
export { type CellsOf, StackedRNNCells } from './stacked-rnn-cells.ts';
export {
  defaultStateFilter,
  type FilterTree,
  filterTree,
  type StateFilterVisitor,
} from './state-filter.ts';
export { registerStateFilter } from './state-filter-names.ts';
