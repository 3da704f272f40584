// SPDX-License-Identifier: Apache-2.0
import type { TrainingEvent } from '../loop/events.ts';

/** Somebody who listens to a training loop. */
export interface Reporter {
  /** Called for each event, in order. */
  report(event: TrainingEvent): void;
  /** Called once, when no event will follow, also when the loop threw. */
  close?(): void;
}

/** Where a reporter writes its text. */
export type WriteText = (text: string) => void;

/** Hands the events of a loop on to reporters as they come; they are closed however it ends. */
export async function* reportTo<Event extends TrainingEvent>(
  reporters: readonly Reporter[],
  events: AsyncIterable<Event>,
): AsyncGenerator<Event> {
  try {
    for await (const event of events) {
      for (const reporter of reporters) reporter.report(event);
      yield event;
    }
  } finally {
    for (const reporter of reporters) reporter.close?.();
  }
}
