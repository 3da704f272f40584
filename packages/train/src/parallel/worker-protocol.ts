// SPDX-License-Identifier: Apache-2.0
import type { SharedGroup } from './shared-memory.ts';

/** How a rank reaches the others. */
export type Link =
  | { readonly kind: 'shared'; readonly group: SharedGroup }
  | { readonly kind: 'messages'; readonly ports: readonly (MessagePort | undefined)[] };

/** What the coordinator tells a worker. */
export type ToWorker<Data> =
  | { readonly type: 'start'; readonly rank: number; readonly link: Link; readonly data: Data }
  /** Finish the step and come to an end. */
  | { readonly type: 'stop' }
  /** The group has come to an untimely end. */
  | { readonly type: 'broken'; readonly message: string; readonly rank: number | undefined };

/** What a worker tells the coordinator. */
export type FromWorker<Message, Result> =
  /** It listens. What is sent before may be lost: a module that awaits has no listener yet. */
  | { readonly type: 'ready' }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'error'; readonly error: ErrorText };

/** An error as any kind of message can carry it: cloning loses the name of a class of one's own. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** The words of whatever was thrown. */
export function errorText(thrown: unknown): ErrorText {
  if (!(thrown instanceof Error))
    return { name: 'Error', message: String(thrown), stack: undefined };
  const { name, message, stack } = thrown;
  return { name, message, stack };
}
