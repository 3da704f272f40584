// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answers, Message, Reply } from './protocol.ts';

/** How to start a contestant. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that takes part in a benchmark. It rests, blocked on its input, between requests. */
export class Contestant<Workload> {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ program, args, env }: Command) {
    this.#process = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error(`${program}: has no input or output.`);
    const lines = createInterface({ input: stdout });
    this.#lines = lines[Symbol.asyncIterator]();
    // Both show as the end of the output: a program that cannot start, and one that has ended.
    this.#process.on('error', () => lines.close());
    stdin.on('error', () => lines.close());
  }

  /** Sends a request and waits for its answer. @throws Error when the contestant fails. */
  async ask<Name extends keyof Answers>(
    message: Message<Workload> & { readonly do: Name },
  ): Promise<Answers[Name]> {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
    const reply: Reply<Name> = JSON.parse(await this.#nextAnswer());
    if ('error' in reply) throw new Error(reply.error);
    return reply;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null || this.#process.pid === undefined) return;
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin?.end();
    const timeout = setTimeout(() => this.#process.kill(), 2000);
    await exited;
    clearTimeout(timeout);
  }

  async #nextAnswer(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error('the process ended without an answer.');
      if (value.startsWith('{')) return value;
    }
  }
}
