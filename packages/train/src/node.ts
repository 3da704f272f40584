// SPDX-License-Identifier: Apache-2.0

export { checkWritable, writeAtomically } from './checkpoint/atomic-file.ts';
export {
  type CheckpointEntry,
  CheckpointFolder,
  type CheckpointFolderOptions,
  type ReadCheckpoint,
} from './checkpoint/checkpoint-folder.ts';
export { runWorkers, workerMain } from './parallel/node-workers.ts';
export { logFile, tensorBoardFile } from './reporters/files.ts';
export {
  describeLoss,
  type LossUnit,
  type TerminalLineOptions,
  terminalLine,
} from './reporters/terminal-line.ts';
export {
  type Interruption,
  interruptedExitCode,
  listenForInterruption,
} from './terminal/interruption.ts';
export {
  choice,
  describeOptions,
  flag,
  integer,
  type NumberRange,
  type Option,
  type OptionTable,
  type OptionValues,
  optionName,
  optionsFromJson,
  type ParsedOptions,
  parseOptions,
  real,
  text,
} from './terminal/options.ts';
export { runCommand } from './terminal/run-command.ts';
export { bold, count, duration, Terminal, type TerminalStream } from './terminal/terminal.ts';
export { UserError } from './terminal/user-error.ts';
export { readCorpus } from './text/read-corpus.ts';
export { reasonOf } from './text/reason.ts';
