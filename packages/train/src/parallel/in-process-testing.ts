// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { MessageCommunicator } from './message-communicator.ts';
import { makeLinks } from './worker-links.ts';

/** Runs `main` as every rank of a group at once, all in this thread; the results by rank. */
export async function asRanks<T>(
  count: number,
  main: (communicator: Communicator) => Promise<T>,
): Promise<T[]> {
  const communicators = makeLinks({ count, transport: 'messages' }).map((link, rank) => {
    return new MessageCommunicator(rank, link.kind === 'messages' ? link.ports : []);
  });
  try {
    return await Promise.all(communicators.map((communicator) => main(communicator)));
  } finally {
    for (const communicator of communicators) await communicator.close();
  }
}

/** What each rank's promise came to: its value, or its error as text. */
export async function settled<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => String(error));
}
