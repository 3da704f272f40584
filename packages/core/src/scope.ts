// SPDX-License-Identifier: Apache-2.0
import { closeScope, liveTensors, openScope } from './ledger.ts';
import { countStorages, heap } from './storage.ts';
import type { Tensor } from './tensor.ts';
import { type Tree, tensorsIn } from './tree.ts';

/** What Tapeloop's tensors hold in memory. */
export interface MemoryReport {
  /** Live tensors: handles that have not been disposed. */
  readonly tensors: number;
  /** Bytes held by them; tensors that share storage count it once. */
  readonly bytes: number;
  /** Size of the whole WebAssembly heap in bytes; it never shrinks. */
  readonly heapBytes: number;
  /** With `owners: true`: live tensors by what made them (`layer/path:op`), most first. */
  readonly owners?: ReadonlyMap<string, number>;
}

/**
 * Runs `fn` and frees every tensor made inside it that it does not return. The result may be a
 * tensor or any nesting of arrays, maps, plain objects and state records that hold tensors.
 *
 * What a tape has saved for backward stays alive: the tape holds its own reference.
 *
 * @throws TypeError when `fn` returns a promise: a scope ends when its function returns.
 */
export function tidy<T>(fn: () => T): T {
  const scope = openScope();
  let survivors: ReadonlySet<Tensor> = new Set();
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new TypeError('tidy: fn must return synchronously, got a Promise.');
    }
    survivors = new Set(tensorsIn(result));
    return result;
  } finally {
    closeScope(scope, survivors);
  }
}

/** Takes a tensor out of every scope, so that only `dispose()` frees it. Returns it. */
export function keep(tensor: Tensor): Tensor {
  tensor.kept = true;
  return tensor;
}

/** Disposes every tensor in a nesting of arrays, maps, plain objects and state records. */
export function dispose(tree: Tree): void {
  for (const tensor of tensorsIn(tree)) tensor.dispose();
}

/**
 * Counts live tensors and their bytes.
 *
 * With `owners: true` it also counts them by the layer and op that made them, to find a leak.
 */
export function memory({ owners = false }: { owners?: boolean } = {}): MemoryReport {
  const report = {
    tensors: liveTensors.size,
    bytes: countStorages().bytes,
    heapBytes: heap().buffer.byteLength,
  };
  if (!owners) return report;
  const counts = new Map<string, number>();
  for (const { origin } of liveTensors) counts.set(origin, (counts.get(origin) ?? 0) + 1);
  return { ...report, owners: new Map([...counts].sort((a, b) => b[1] - a[1])) };
}
