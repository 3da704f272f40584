// SPDX-License-Identifier: Apache-2.0

/**
 * Lets a page learn that this worker is gone, whatever the reason.
 *
 * Neither `close()` nor `terminate()`, nor a browser that takes its memory back, fires an event at the
 * page. But a browser releases the locks of who is gone: the worker holds one as long as it lives, and
 * the page waits for it.
 *
 * @returns the lock's name, for `lifelineCut`; undefined where there are no locks: in a page that is no
 *   secure context, or has an origin of its own.
 */
export function holdLifeline(): Promise<string | undefined> {
  if (!globalThis.isSecureContext) return Promise.resolve(undefined);
  const name = `tapeloop worker ${crypto.randomUUID()}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(name);
      return new Promise<never>(() => undefined);
    };
    navigator.locks.request(name, hold).catch(() => resolve(undefined));
  });
}

/** Waits until the worker that holds a lifeline is gone. */
export async function lifelineCut(name: string): Promise<void> {
  await navigator.locks.request(name, () => undefined);
}
