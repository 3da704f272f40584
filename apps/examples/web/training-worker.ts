// SPDX-License-Identifier: Apache-2.0
import type { PageMessage, WorkerMessage } from './protocol.ts';

/** Milliseconds between two questions whether the worker is alive. */
const pingInterval = 2000;

/**
 * So many questions in a row without any message from the worker mean that it is gone. Counted instead
 * of timed: a computer that slept, or a page in the background, has not asked.
 */
const mostUnanswered = 5;

/** Who listens to a worker. */
export interface WorkerListener {
  readonly onMessage: (message: WorkerMessage) => void;
  /** The worker crashed, or does not answer: `terminate` it. */
  readonly onLost: (reason: string) => void;
}

/** The worker that trains, and a watch over it: browsers do not tell when they end one. */
export class TrainingWorker {
  readonly #worker: Worker;
  readonly #watch: ReturnType<typeof setInterval>;
  #unanswered = 0;

  constructor({ onMessage, onLost }: WorkerListener) {
    const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      this.#unanswered = 0;
      onMessage(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      onLost('The worker that trains has crashed.');
    });
    this.#worker = worker;
    this.#watch = setInterval(() => {
      if (this.#unanswered === mostUnanswered) {
        onLost('The worker that trains does not answer any more; perhaps memory ran out.');
        return;
      }
      this.#unanswered++;
      this.send({ type: 'ping' });
    }, pingInterval);
  }

  send(message: PageMessage): void {
    this.#worker.postMessage(message);
  }

  /** Ends it at once. */
  terminate(): void {
    clearInterval(this.#watch);
    this.#worker.terminate();
  }
}
