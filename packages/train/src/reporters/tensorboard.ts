// SPDX-License-Identifier: Apache-2.0
import type { StepEvent } from '../loop/events.ts';
import type { Reporter } from './reporter.ts';
import { type Scalar, scalarsRecord, versionRecord } from './tensorboard-records.ts';

/** Options of `tensorBoard`. */
export interface TensorBoardOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}

/**
 * Writes the bytes of an event file that TensorBoard plots: `loss/training`, `loss/validation`,
 * `gradient norm`, `learning rate`, `tokens a second` and `heap bytes`.
 *
 * TensorBoard looks for files with `tfevents` in their name. A record that the end of a process cut
 * is left out by its readers; the ones before it count.
 *
 * @param write appends bytes to the file.
 */
export function tensorBoard(
  write: (bytes: Uint8Array<ArrayBuffer>) => void,
  { clock = Date.now }: TensorBoardOptions = {},
): Reporter {
  const seconds = () => clock() / 1000;
  write(versionRecord(seconds()));
  return {
    report: (event) => {
      if (event.type === 'step') {
        write(scalarsRecord(seconds(), event.step, scalarsOf(event)));
      } else if (event.type === 'validation') {
        const scalars = [{ tag: 'loss/validation', value: event.loss }];
        write(scalarsRecord(seconds(), event.step, scalars));
      }
    },
  };
}

function scalarsOf(event: StepEvent): Scalar[] {
  return [
    { tag: 'loss/training', value: event.loss },
    { tag: 'gradient norm', value: event.gradientNorm },
    { tag: 'learning rate', value: event.learningRate },
    { tag: 'tokens a second', value: event.tokensPerSecond },
    { tag: 'heap bytes', value: event.heapBytes },
  ];
}
