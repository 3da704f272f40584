// SPDX-License-Identifier: Apache-2.0
import { MessagePort as NodePort, parentPort, Worker } from 'node:worker_threads';
import { runGroup, type WorkerGroupOptions, type WorkerHandle } from './worker-group.ts';
import { serve, type WorkerContext } from './worker-main.ts';
import { errorText } from './worker-protocol.ts';

/** Milliseconds that a thread gets to end by itself and to print what it still has to say. */
const GRACE = 1000;

/**
 * Runs a module in `count` threads as the ranks of one group, and gives the result of each, by rank.
 * The main thread stays free: it only listens.
 *
 * @param module calls `workerMain`.
 * @throws WorkerError when a worker throws, or exits without a result: the first one's error. The
 *   others' calls fail with a CommunicatorError then, and they are ended.
 * @throws ValueError when an option is out of range; no worker is started then.
 *
 * @example
 * const losses = await runWorkers<Options, Progress, number>(new URL('./worker.ts', import.meta.url), {
 *   count: availableParallelism(),
 *   data: options,
 *   onMessage: (progress, rank) => console.log(rank, progress),
 * });
 */
export function runWorkers<Data, Message = never, Result = void>(
  module: URL,
  options: WorkerGroupOptions<Data, Message>,
): Promise<Result[]> {
  return runGroup<Data, Message, Result>(() => handleOf(new Worker(module)), options);
}

/**
 * Runs `main` as one rank of `runWorkers`: a worker's module calls it once. What `main` returns is the
 * worker's result; what it throws ends the group.
 *
 * @throws Error when it is not called in a worker.
 *
 * @example
 * await workerMain<Options, Progress, number>(async ({ communicator, data, report }) => {
 *   await init();
 *   return trainReplica(communicator, data, report);
 * });
 */
export async function workerMain<Data, Message = never, Result = void>(
  main: (context: WorkerContext<Data, Message>) => Promise<Result>,
): Promise<void> {
  const port = parentPort;
  if (port === null) {
    throw new Error('workerMain: must be called in a worker. Start its module with runWorkers().');
  }
  await serve<Data, Message, Result>(
    {
      post: (message) => port.postMessage(message),
      listen: (listener) => port.on('message', listener),
      close: () => port.close(),
    },
    main,
  );
}

function handleOf<Data, Message, Result>(worker: Worker): WorkerHandle<Data, Message, Result> {
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return {
    post: (message, transfer) => {
      // Node's class is the global one; the two declarations know nothing of each other.
      const ports = transfer.filter((port) => port instanceof NodePort);
      worker.postMessage(message, ports);
    },
    onMessage: (listener) => worker.on('message', listener),
    onFailure: (listener) => {
      worker.on('error', (error) => listener(errorText(error)));
      worker.on('exit', (code) => {
        const message = `the worker ended with exit code ${code} and without a result`;
        listener({ name: 'Error', message, stack: undefined });
      });
    },
    end: async () => {
      const timer = setTimeout(() => worker.terminate(), GRACE);
      await gone;
      clearTimeout(timer);
    },
  };
}
