// SPDX-License-Identifier: Apache-2.0
import { Worker } from 'node:worker_threads';
import { CommunicatorError } from '../parallel/communicator-error.ts';
import type { MpiOptions } from './mpi-library.ts';
import type { MpiAnswer, MpiRequest } from './mpi-thread.ts';

/** This process's place in the job. */
export interface MpiPlace {
  readonly rank: number;
  readonly size: number;
}

interface Waiting {
  resolve(gathered: readonly Uint8Array<ArrayBuffer>[]): void;
  reject(error: CommunicatorError): void;
}

/** Beside this module, as a source or built. */
const module = new URL(`./mpi-thread${import.meta.url.slice(-3)}`, import.meta.url);

/** The thread that calls MPI, as the one that trains sees it. */
export class MpiThreadHandle {
  /** Kept when MPI has started. */
  readonly place: Promise<MpiPlace>;
  readonly #worker: Worker;
  /** Those whose requests have no answer yet, the oldest first. */
  readonly #waiting: Waiting[] = [];

  constructor(options: MpiOptions) {
    this.#worker = new Worker(module, { workerData: options });
    this.place = new Promise((resolve, reject) => {
      this.#worker.on('message', (answer: MpiAnswer) => {
        if (answer.type === 'started') resolve({ rank: answer.rank, size: answer.size });
        else this.#take(answer);
      });
      this.#worker.on('error', (error) => {
        const message = error instanceof Error ? error.message : String(error);
        reject(new CommunicatorError(message));
        this.#fail(message);
      });
      this.#worker.on('exit', () => this.#fail('MPI has been closed.'));
    });
    // A thread without work does not keep the process alive; asking it something does.
    this.place.finally(() => this.#rest()).catch(() => undefined);
  }

  /**
   * Makes a call, after those before it.
   *
   * @throws CommunicatorError when it, or one before it, fails.
   */
  ask(request: MpiRequest): Promise<readonly Uint8Array<ArrayBuffer>[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  #take(answer: Exclude<MpiAnswer, { type: 'started' }>): void {
    const waiting = this.#waiting.shift();
    if (answer.type === 'done') waiting?.resolve(answer.gathered);
    else waiting?.reject(new CommunicatorError(answer.message));
    this.#rest();
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new CommunicatorError(message));
  }

  #rest(): void {
    if (this.#waiting.length === 0) this.#worker.unref();
  }
}
