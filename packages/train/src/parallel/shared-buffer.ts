// SPDX-License-Identifier: Apache-2.0

/** Memory that other threads can see, where the runtime has it; else memory of this thread. */
export function sharedBuffer(bytes: number): ArrayBufferLike {
  return 'SharedArrayBuffer' in globalThis ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
