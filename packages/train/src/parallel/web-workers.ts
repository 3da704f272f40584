// SPDX-License-Identifier: Apache-2.0
import { runGroup, type WorkerGroupOptions, type WorkerHandle } from './worker-group.ts';
import { serve, type WorkerContext } from './worker-main.ts';
import type { FromWorker, ToWorker } from './worker-protocol.ts';

/**
 * Runs Web Workers as the ranks of one group, and gives the result of each, by rank. The page stays
 * free: it only listens.
 *
 * Workers reach each other through shared memory where the page is cross-origin isolated (served with
 * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`), else
 * through messages; the sums are the same to the bit.
 *
 * @param createWorker makes the worker of a rank. Bundlers find a worker's module only by the literal
 *   `new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`. The module calls
 *   `webWorkerMain`.
 * @throws WorkerError when a worker throws or cannot be loaded: the first one's error. The others'
 *   calls fail with a CommunicatorError then, and they are terminated.
 * @throws ValueError when an option is out of range; no worker is started then.
 *
 * @example
 * const losses = await runWebWorkers<Options, Progress, number>(
 *   () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
 *   { count: navigator.hardwareConcurrency, data: options, onMessage: show },
 * );
 */
export function runWebWorkers<Data, Message = never, Result = void>(
  createWorker: (rank: number) => Worker,
  options: WorkerGroupOptions<Data, Message>,
): Promise<Result[]> {
  return runGroup<Data, Message, Result>((rank) => handleOf(createWorker(rank)), options);
}

/**
 * Runs `main` as one rank of `runWebWorkers`: a worker's module calls it once. What `main` returns is
 * the worker's result; what it throws ends the group.
 *
 * @example
 * await webWorkerMain<Options, Progress, number>(async ({ communicator, data, report }) => {
 *   await init();
 *   return trainReplica(communicator, data, report);
 * });
 */
export function webWorkerMain<Data, Message = never, Result = void>(
  main: (context: WorkerContext<Data, Message>) => Promise<Result>,
): Promise<void> {
  return serve<Data, Message, Result>(
    {
      post: (message) => globalThis.postMessage(message),
      listen: (listener) => {
        globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker<Data>>) => {
          listener(data);
        });
      },
      // The coordinator ends a worker that has told its result.
      close: () => undefined,
    },
    main,
  );
}

function handleOf<Data, Message, Result>(worker: Worker): WorkerHandle<Data, Message, Result> {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => {
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker<Message, Result>>) => {
        listener(data);
      });
    },
    onFailure: (listener) => {
      worker.addEventListener('error', (event) => {
        // A module that cannot be loaded gives an event without words.
        const message = event.message ?? 'the worker could not be started';
        listener({ name: 'Error', message, stack: undefined });
      });
    },
    end: async () => worker.terminate(),
  };
}
