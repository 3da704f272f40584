// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { MessageCommunicator } from './message-communicator.ts';
import { makeLinks } from './worker-links.ts';

/**
 * Runs `main` as every rank of a group at once, all in this thread; the results by rank. As with
 * workers, a rank closes its communicator when it has come to its end, whether it threw or not.
 */
export async function asRanks<T>(
  count: number,
  main: (communicator: Communicator) => Promise<T>,
): Promise<T[]> {
  const communicators = makeLinks({ count, transport: 'messages' }).map((link, rank) => {
    return new MessageCommunicator(rank, link.kind === 'messages' ? link.ports : []);
  });
  return Promise.all(
    communicators.map((communicator) => main(communicator).finally(() => communicator.close())),
  );
}

/** What each rank's promise came to: its value, or its error as text. */
export async function settled<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => String(error));
}
