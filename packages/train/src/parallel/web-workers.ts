// SPDX-License-Identifier: Apache-2.0
import { holdLifeline, lifelineCut } from './web-lifeline.ts';
import { runGroup, type WorkerGroupOptions, type WorkerHandle } from './worker-group.ts';
import { serve, type WorkerContext } from './worker-main.ts';
import type { FromWorker, ToWorker } from './worker-protocol.ts';

/** What a Web Worker tells its page. */
type FromWebWorker<Message, Result> =
  | FromWorker<Message, Result>
  | { readonly type: 'lifeline'; readonly name: string };

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
 * @throws WorkerError when a worker throws, cannot be loaded, or is gone without a result: the first
 *   one's error. The others' calls fail with a CommunicatorError then, and they are terminated. A page
 *   that is no secure context is not told that a worker is gone.
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
export async function webWorkerMain<Data, Message = never, Result = void>(
  main: (context: WorkerContext<Data, Message>) => Promise<Result>,
): Promise<void> {
  const name = await holdLifeline();
  if (name !== undefined) globalThis.postMessage({ type: 'lifeline', name });
  await serve<Data, Message, Result>(
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
  const listen = (listener: (message: FromWebWorker<Message, Result>) => void) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromWebWorker<Message, Result>>) =>
      listener(data),
    );
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => {
      listen((message) => {
        if (message.type !== 'lifeline') listener(message);
      });
    },
    onFailure: (listener) => {
      const fail = (message: string) => listener({ name: 'Error', message, stack: undefined });
      worker.addEventListener('error', (event) => {
        // A module that cannot be loaded gives an event without words.
        fail(event.message ?? 'the worker could not be started');
      });
      listen((message) => {
        if (message.type !== 'lifeline') return;
        lifelineCut(message.name).then(() => fail('the worker ended without a result'));
      });
    },
    end: async () => worker.terminate(),
  };
}
