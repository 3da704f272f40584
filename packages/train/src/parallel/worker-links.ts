// SPDX-License-Identifier: Apache-2.0
import { check, checkWhole } from '../check.ts';
import { SharedRegion } from './shared-region.ts';
import type { Link } from './worker-protocol.ts';

/** How the workers of a group reach each other. */
export interface LinkOptions {
  /** Number of workers. */
  readonly count: number;
  /** Default: shared memory, but messages on a page that is not cross-origin isolated. */
  readonly transport?: 'shared' | 'messages' | undefined;
  /** Milliseconds that a rank waits for the others in shared memory. Default: for ever. */
  readonly timeout?: number | undefined;
  /** Bytes that a rank hands over at a time in shared memory; a multiple of 64. Default 4 MiB. */
  readonly slotBytes?: number | undefined;
}

/** A link for each rank. @throws ValueError when an option is out of range. */
export function makeLinks(options: LinkOptions): Link[] {
  const { count, transport = defaultTransport(), timeout, slotBytes = 4 * 2 ** 20 } = options;
  checkWhole('runWorkers', 'count', count);
  const isSlot = Number.isSafeInteger(slotBytes) && slotBytes > 0 && slotBytes % 64 === 0;
  check('runWorkers', 'slotBytes', slotBytes, isSlot, 'a multiple of 64 above 0');
  check('runWorkers', 'timeout', timeout, timeout === undefined || timeout > 0, 'above 0');
  if (transport === 'messages') return channels(count);
  const buffer = SharedRegion.allocate({ size: count, slotBytes });
  const group = { size: count, slotBytes, timeout, buffer };
  return Array.from({ length: count }, () => ({ kind: 'shared', group }));
}

/** The ports that a link gives away when it is sent. */
export function portsOf(link: Link): MessagePort[] {
  if (link.kind === 'shared') return [];
  return link.ports.filter((port) => port !== undefined);
}

function defaultTransport(): 'shared' | 'messages' {
  // Node has no such property, and shared memory always.
  const isIsolated = globalThis.crossOriginIsolated ?? true;
  return isIsolated ? 'shared' : 'messages';
}

/** A channel between every two ranks. */
function channels(count: number): Link[] {
  const ports = Array.from({ length: count }, () => new Array<MessagePort | undefined>(count));
  for (const [rank, own] of ports.entries()) {
    for (const [peer, theirs] of ports.slice(0, rank).entries()) {
      const { port1, port2 } = new MessageChannel();
      own[peer] = port1;
      theirs[rank] = port2;
    }
  }
  return ports.map((own) => ({ kind: 'messages', ports: Array.from(own) }));
}
