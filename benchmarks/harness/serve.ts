// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
import type { Answers, Identity, Message } from './protocol.ts';

/** What a contestant repeats. */
interface Repeated {
  readonly identity: Identity;
  dispose(): void;
}

/** A model that a contestant trains. */
export interface Trainer extends Repeated {
  /** One training step, its result awaited. Returns the loss in nats. */
  step(): number;
}

/** A kernel that a contestant calls on fixed operands. */
export interface Operation extends Repeated {
  /** The calls that are timed together, their results awaited. */
  step(): void;
  /** The elements at `places` of one call's result. */
  outputs(places: readonly number[]): number[];
}

/** Answers the benchmark's requests until its input ends. */
export async function serve<Workload>(
  prepare: (workload: Workload) => Promise<Trainer | Operation>,
): Promise<void> {
  let subject: Trainer | Operation | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const message: Message<Workload> = JSON.parse(line);
    try {
      if (message.do === 'prepare') {
        subject?.dispose();
        subject = undefined;
        subject = await prepare(message.workload);
        answer<'prepare'>(subject.identity);
      } else {
        answerAbout(subject, message);
      }
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stdout.write(`${JSON.stringify({ error: reason })}\n`);
    }
  }
}

function answerAbout<Workload>(
  subject: Trainer | Operation | undefined,
  message: Exclude<Message<Workload>, { readonly do: 'prepare' }>,
): void {
  if (subject === undefined) throw new Error('prepare comes first.');
  if (message.do === 'time') {
    answer<'time'>({ milliseconds: repeat(message.steps, () => timed(() => subject.step())) });
  } else if (message.do === 'outputs' && 'outputs' in subject) {
    answer<'outputs'>({ values: subject.outputs(message.places) });
  } else if (message.do === 'losses' && !('outputs' in subject)) {
    answer<'losses'>({ losses: repeat(message.steps, () => subject.step()) });
  } else {
    throw new Error(`${subject.identity.name} has no ${message.do}.`);
  }
}

function answer<Name extends keyof Answers>(value: Answers[Name]): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function repeat(times: number, fn: () => number): number[] {
  return Array.from({ length: times }, () => fn());
}

function timed(fn: () => unknown): number {
  const start = performance.now();
  fn();
  return performance.now() - start;
}
