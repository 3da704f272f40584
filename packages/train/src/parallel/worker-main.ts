// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { CommunicatorError } from './communicator-error.ts';
import { MessageCommunicator } from './message-communicator.ts';
import { SharedMemoryCommunicator } from './shared-memory.ts';
import { errorText, type FromWorker, type Link, type ToWorker } from './worker-protocol.ts';

/** What a worker is given. */
export interface WorkerContext<Data, Message> {
  /** To the other workers. It is closed when the worker's function has come to its end. */
  readonly communicator: Communicator;
  /** What the coordinator handed to all workers. */
  readonly data: Data;
  /**
   * Aborted when the coordinator asks the workers to come to an end. Each hears of it on its own: let
   * them agree, by an `allReduce` say, after which step they stop.
   */
  readonly signal: AbortSignal;
  /** Tells the coordinator something; whatever `structuredClone` takes. */
  report(message: Message): void;
}

/** A worker's line to its coordinator. */
export interface WorkerEndpoint<Data, Message, Result> {
  post(message: FromWorker<Message, Result>): void;
  listen(listener: (message: ToWorker<Data>) => void): void;
  /** Hangs up, so that the worker can end. */
  close(): void;
}

/** Runs `main` as one rank, and tells the coordinator how it ended. Never throws. */
export async function serve<Data, Message, Result>(
  endpoint: WorkerEndpoint<Data, Message, Result>,
  main: (context: WorkerContext<Data, Message>) => Promise<Result>,
): Promise<void> {
  try {
    const context = await connect(endpoint);
    const result = await main(context);
    await context.communicator.close();
    endpoint.post({ type: 'result', result });
  } catch (error) {
    endpoint.post({ type: 'error', error: errorText(error) });
  } finally {
    endpoint.close();
  }
}

function connect<Data, Message, Result>(
  endpoint: WorkerEndpoint<Data, Message, Result>,
): Promise<WorkerContext<Data, Message>> {
  const stopping = new AbortController();
  let line: Line | undefined;
  return new Promise((resolve) => {
    endpoint.listen((message) => {
      if (message.type === 'stop') stopping.abort();
      else if (message.type === 'broken') {
        line?.fail(new CommunicatorError(message.message, message.rank));
      } else {
        line = lineOf(message.rank, message.link);
        resolve({
          communicator: line.communicator,
          data: message.data,
          signal: stopping.signal,
          report: (report) => endpoint.post({ type: 'message', message: report }),
        });
      }
    });
    endpoint.post({ type: 'ready' });
  });
}

interface Line {
  readonly communicator: Communicator;
  fail(error: CommunicatorError): void;
}

function lineOf(rank: number, link: Link): Line {
  if (link.kind === 'shared') {
    // Who waits in shared memory sleeps and hears no message: the barrier tells it.
    return { communicator: new SharedMemoryCommunicator(rank, link.group), fail: () => undefined };
  }
  const communicator = new MessageCommunicator(rank, link.ports);
  return { communicator, fail: (error) => communicator.fail(error) };
}
