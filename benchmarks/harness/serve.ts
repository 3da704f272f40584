// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
import type { Answers, Identity, Message } from './protocol.ts';

/** A model that a contestant trains. */
export interface Trainer {
  readonly identity: Identity;
  /** One training step, its result awaited. Returns the loss in nats. */
  step(): number;
  dispose(): void;
}

/** Answers the benchmark's requests until its input ends. */
export async function serve<Workload>(
  prepare: (workload: Workload) => Promise<Trainer>,
): Promise<void> {
  let trainer: Trainer | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const message: Message<Workload> = JSON.parse(line);
    try {
      if (message.do === 'prepare') {
        trainer?.dispose();
        trainer = await prepare(message.workload);
        answer<'prepare'>(trainer.identity);
      } else if (trainer === undefined) {
        throw new Error('prepare comes first.');
      } else if (message.do === 'losses') {
        answer<'losses'>({ losses: repeat(message.steps, trainer.step) });
      } else {
        answer<'time'>({ milliseconds: repeat(message.steps, () => timed(trainer?.step)) });
      }
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stdout.write(`${JSON.stringify({ error: reason })}\n`);
    }
  }
}

function answer<Name extends keyof Answers>(value: Answers[Name]): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function repeat(times: number, fn: () => number): number[] {
  return Array.from({ length: times }, () => fn());
}

function timed(fn: (() => number) | undefined): number {
  const start = performance.now();
  fn?.();
  return performance.now() - start;
}
