// SPDX-License-Identifier: Apache-2.0
import { CommunicatorError } from './communicator-error.ts';
import { breakShared } from './shared-memory.ts';
import { WorkerError } from './worker-error.ts';
import { type LinkOptions, makeLinks, portsOf } from './worker-links.ts';
import {
  type ErrorText,
  errorText,
  type FromWorker,
  type Link,
  type ToWorker,
} from './worker-protocol.ts';

/** Options of a group of workers. */
export interface WorkerGroupOptions<Data, Message> extends LinkOptions {
  /** What every worker is given; whatever `structuredClone` takes. */
  readonly data: Data;
  /** Hears what the workers report. */
  readonly onMessage?: (message: Message, rank: number) => void;
  /** When it is aborted, the workers' own signals are. */
  readonly signal?: AbortSignal;
}

/** A worker as its coordinator sees it, in Node or in a page. */
export interface WorkerHandle<Data, Message, Result> {
  post(message: ToWorker<Data>, transfer: MessagePort[]): void;
  onMessage(listener: (message: FromWorker<Message, Result>) => void): void;
  /** Hears that the worker failed outside of its function, or is gone. */
  onFailure(listener: (error: ErrorText) => void): void;
  /** Kept when the worker is gone; one that does not go by itself is made to. */
  end(): Promise<void>;
}

/**
 * Lets workers run as one group and gives the result of each, by rank.
 *
 * @param start starts the worker of a rank.
 * @throws WorkerError when a worker throws, or ends without a result: the first one's error. The
 *   others' calls fail with a CommunicatorError then, and they are ended.
 * @throws ValueError when an option is out of range; no worker is started then.
 */
export async function runGroup<Data, Message, Result>(
  start: (rank: number) => WorkerHandle<Data, Message, Result>,
  options: WorkerGroupOptions<Data, Message>,
): Promise<Result[]> {
  const { signal } = options;
  const members = makeLinks(options).map((link, rank) => ({ worker: start(rank), rank, link }));
  const stop = () => {
    for (const { worker } of members) worker.post({ type: 'stop' }, []);
  };
  signal?.addEventListener('abort', stop);
  try {
    return await Promise.all(members.map((member) => resultOf(member, options)));
  } catch (error) {
    breakUp(members, error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(members.map(({ worker }) => worker.end()));
  }
}

interface Member<Data, Message, Result> {
  readonly worker: WorkerHandle<Data, Message, Result>;
  readonly rank: number;
  readonly link: Link;
}

function resultOf<Data, Message, Result>(
  { worker, rank, link }: Member<Data, Message, Result>,
  { data, onMessage, signal }: WorkerGroupOptions<Data, Message>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const take = (message: FromWorker<Message, Result>) => {
      switch (message.type) {
        case 'ready':
          worker.post({ type: 'start', rank, link, data }, portsOf(link));
          if (signal?.aborted === true) worker.post({ type: 'stop' }, []);
          break;
        case 'message':
          onMessage?.(message.message, rank);
          break;
        case 'result':
          resolve(message.result);
          break;
        case 'error':
          reject(new WorkerError(rank, message.error));
      }
    };
    worker.onFailure((error) => reject(new WorkerError(rank, error)));
    worker.onMessage((message) => {
      try {
        take(message);
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Tells all who may still wait for each other that the group is no more. */
function breakUp<Data, Message, Result>(
  members: readonly Member<Data, Message, Result>[],
  error: unknown,
): void {
  const message = `the group has ended: ${errorText(error).message}`;
  const rank = error instanceof WorkerError ? error.rank : undefined;
  const [first] = members;
  if (first?.link.kind === 'shared') {
    breakShared(first.link.group, new CommunicatorError(message, rank));
  }
  for (const { worker } of members) worker.post({ type: 'broken', message, rank }, []);
}
