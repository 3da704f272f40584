// SPDX-License-Identifier: Apache-2.0

export {
  type CheckpointConfig,
  CheckpointError,
  type DecodeCheckpointOptions,
  decodeCheckpoint,
  encodeCheckpoint,
  type SavedRun,
  withRunState,
} from './checkpoint/checkpoint.ts';
export type { Batch, BatchSource } from './data/batch.ts';
export { BucketedBatches, type BucketingOptions } from './data/bucketed-batches.ts';
export {
  ContiguousBatches,
  type ContiguousBatchesOptions,
  type TextWindow,
} from './data/contiguous-batches.ts';
export { type PaddedIds, padIds } from './data/padded-ids.ts';
export { chunks, shuffled } from './data/shuffled.ts';
export { type BeamSearchOptions, beamSearch, type Hypothesis } from './generate/beam-search.ts';
export { chooseId, type SamplingOptions } from './generate/choose.ts';
export { type GenerateOptions, generate } from './generate/generate.ts';
export type {
  LanguageModelContext,
  Prediction,
  RecurrentLanguageModel,
} from './generate/language-model.ts';
export {
  type CellKind,
  type CellState,
  cellKinds,
  LanguageModel,
  type LanguageModelConfig,
  type TextState,
} from './language-model/language-model.ts';
export { languageModelLoss } from './language-model/loss.ts';
export { savedLanguageModel } from './language-model/saved-model.ts';
export {
  type LanguageModelData,
  type LanguageModelRun,
  type LanguageModelTrainingConfig,
  startLanguageModel,
} from './language-model/start-run.ts';
export {
  splitCorpus,
  splitText,
  type TokenizedText,
  type TokenizerKind,
  tokenize,
  tokenizerKinds,
  trainTokenizer,
  validationBatches,
} from './language-model/text-data.ts';
export { evaluate } from './loop/evaluate.ts';
export {
  bits,
  type EndEvent,
  type EndReason,
  perplexity,
  type SavedEvent,
  type StepEvent,
  type TrainingEvent,
  type ValidationEvent,
} from './loop/events.ts';
export type { BatchLoss, LossContext, LossFunction } from './loop/loss-function.ts';
export { nextTurn } from './loop/next-turn.ts';
export { NonFiniteError } from './loop/non-finite.ts';
export type { RunCounters, RunState } from './loop/run-state.ts';
export {
  type ScheduledAdamConfig,
  type ScheduledOptimizer,
  scheduledAdam,
} from './loop/scheduled-adam.ts';
export { Speedometer } from './loop/speedometer.ts';
export { type TrainOptions, train } from './loop/train.ts';
export { type StepResult, TrainingRun, type TrainingRunOptions } from './loop/training-run.ts';
export {
  broadcastOptimizer,
  broadcastParameters,
  broadcastValue,
} from './parallel/broadcast-state.ts';
export { checkReplicas } from './parallel/check-replicas.ts';
export type { Communicator } from './parallel/communicator.ts';
export { CommunicatorError } from './parallel/communicator-error.ts';
export { GradientReducer, type GradientReducerOptions } from './parallel/gradient-reducer.ts';
export { initInTurn } from './parallel/init-in-turn.ts';
export { gatherState, shareOf } from './parallel/replica-state.ts';
export { SingleProcess } from './parallel/single-process.ts';
export { runWebWorkers, webWorkerMain } from './parallel/web-workers.ts';
export { WorkerError } from './parallel/worker-error.ts';
export type { WorkerGroupOptions } from './parallel/worker-group.ts';
export type { LinkOptions } from './parallel/worker-links.ts';
export type { WorkerContext } from './parallel/worker-main.ts';
export { type CsvOptions, csv } from './reporters/csv.ts';
export { jsonLines } from './reporters/json-lines.ts';
export { type Reporter, reportTo, type WriteText } from './reporters/reporter.ts';
export { type TensorBoardOptions, tensorBoard } from './reporters/tensorboard.ts';
export {
  type ByteStream,
  type Corpus,
  CorpusError,
  corpusFromBytes,
  corpusFromStream,
  corpusFromText,
} from './text/corpus.ts';
export { fingerprint } from './text/fingerprint.ts';
export { BpeTokenizer, type BpeTokenizerOptions } from './tokenizers/bpe-tokenizer.ts';
export {
  CharTokenizer,
  type CharTokenizerJson,
  type CharTokenizerOptions,
} from './tokenizers/char-tokenizer.ts';
export { TokenizerError } from './tokenizers/json-fields.ts';
export type { DecodeStream, Tokenizer } from './tokenizers/tokenizer.ts';
export {
  decodeTokenizer,
  type TokenizerSource,
  tokenizerFromJson,
} from './tokenizers/tokenizer-from-json.ts';
export {
  WordTokenizer,
  type WordTokenizerJson,
  type WordTokenizerOptions,
} from './tokenizers/word-tokenizer.ts';
