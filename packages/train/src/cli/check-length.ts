// SPDX-License-Identifier: Apache-2.0
import type { TokenizedText } from '../language-model/text-data.ts';
import { UserError } from '../terminal/user-error.ts';

/** The sizes of a step. */
export interface StepSizes {
  /** Rows of each rank. */
  readonly batch: number;
  /** Tokens of each row. */
  readonly window: number;
  readonly ranks: number;
}

/** @throws UserError when a text is too short for one window of each row. */
export function checkLength(
  name: string,
  { training, validation }: TokenizedText,
  { batch, window, ranks }: StepSizes,
): void {
  const needed = batch * ranks * window + 1;
  const neededToValidate = ranks + 1;
  if (training.length >= needed && validation.length >= neededToValidate) return;
  throw new UserError(
    `--data: ${name} must have at least ${needed} tokens to train on for --batch ${batch}, ` +
      `--window ${window} and ${ranks} processes, and ${neededToValidate} to validate with, got ` +
      `${training.length} and ${validation.length}. Use a longer text or make them smaller.`,
  );
}
