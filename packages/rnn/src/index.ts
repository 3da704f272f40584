// SPDX-License-Identifier: Apache-2.0
export type { WeightTensors } from './assign-weights.ts';
export {
  Bidirectional,
  type BidirectionalOptions,
  type BidirectionalOutput,
  type BothStates,
  type MergedOutput,
  type MergeMode,
  type SequenceLayer,
} from './bidirectional.ts';
export type { CellOptions, GatedCellOptions } from './cell-options.ts';
export { CellWrapper } from './cell-wrapper.ts';
export { componentSeed, componentSeedOf } from './component-seed.ts';
export { DropoutWrapper } from './dropout-wrapper.ts';
export type { DropoutWrapperConfig } from './dropout-wrapper-config.ts';
export type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
export type { GateActivations } from './gate-activations.ts';
export { GRU, type GRUOptions } from './gru.ts';
export {
  GRUCell,
  type GRUCellOptions,
  type GRUWeights,
  gruStepResetAfter,
  gruStepResetBefore,
} from './gru-cell.ts';
export { HighwayWrapper, type HighwayWrapperOptions } from './highway-wrapper.ts';
export { InitialStateWrapper, type InitialStateWrapperOptions } from './initial-state-wrapper.ts';
export type { KeepProbability } from './keep-probability.ts';
export { kerasPath, type LoadKerasWeightsOptions, loadKerasWeights } from './keras-weights.ts';
export {
  LayerNormLSTMCell,
  type LayerNormLSTMCellOptions,
  type LayerNormLSTMRule,
  type LayerNormLSTMWeights,
  layerNormLSTMStep,
} from './layer-norm-lstm-cell.ts';
export { LSTM, type LSTMOptions } from './lstm.ts';
export { LSTMCell, type LSTMCellOptions, type LSTMWeights, lstmStep } from './lstm-cell.ts';
export { LSTMState } from './lstm-state.ts';
export {
  PeepholeLSTMCell,
  type PeepholeLSTMCellOptions,
  type PeepholeLSTMClips,
  type PeepholeLSTMWeights,
  peepholeLSTMStep,
} from './peephole-lstm-cell.ts';
export { RecurrentDropout, type RecurrentDropoutOptions } from './recurrent-dropout.ts';
export { RecurrentLayer, type RecurrentLayerOptions } from './recurrent-layer.ts';
export { resetDropoutMasks } from './reset-dropout-masks.ts';
export {
  type ResidualFunction,
  ResidualWrapper,
  type ResidualWrapperOptions,
} from './residual-wrapper.ts';
export {
  type ResolvedRNNOptions,
  RNN,
  type RNNContext,
  type RNNOptions,
  type RNNOutput,
} from './rnn.ts';
export {
  type CellResult,
  type InitialStateOptions,
  RNNCell,
} from './rnn-cell.ts';
export { RNNCellDropoutWrapper } from './rnn-cell-dropout-wrapper.ts';
export { withRun } from './run.ts';
export type {
  SequenceInputs,
  SequencePlan,
  SequenceResult,
  StateMasks,
} from './sequence.ts';
export { SimpleRNN, type SimpleRNNOptions } from './simple-rnn.ts';
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
export {
  biasFromTorch,
  kernelFromTorch,
  stackedBiasFromTorch,
  summedBiasFromTorch,
  torchGates,
} from './torch-layouts.ts';
export {
  type LoadTorchStateDictOptions,
  loadTorchStateDict,
  type TorchLayer,
} from './torch-weights.ts';
export { WeightDropWrapper, type WeightDropWrapperOptions } from './weight-drop-wrapper.ts';
export { ZoneoutWrapper, type ZoneoutWrapperOptions } from './zoneout-wrapper.ts';
