// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from './tensor.ts';

/** Tensors made while a `tidy` runs, and the `tidy` around it. */
export interface Scope {
  readonly parent: Scope | null;
  readonly tensors: Tensor[];
}

/** Every tensor that has not been disposed. */
export const liveTensors: Set<Tensor> = new Set();
let innermost: Scope | null = null;
let path = '';

/** Enters a new tensor into the books: the live set and the innermost scope. */
export function enroll(tensor: Tensor): void {
  liveTensors.add(tensor);
  innermost?.tensors.push(tensor);
}

/** Strikes a disposed tensor from the books. */
export function strike(tensor: Tensor): void {
  liveTensors.delete(tensor);
}

/** Opens a scope inside the innermost one. */
export function openScope(): Scope {
  innermost = { parent: innermost, tensors: [] };
  return innermost;
}

/** Closes a scope: disposes its tensors but the survivors, which the scope around it takes over. */
export function closeScope(scope: Scope, survivors: ReadonlySet<Tensor>): void {
  innermost = scope.parent;
  for (const tensor of scope.tensors) {
    if (tensor.kept || tensor.isDisposed) continue;
    if (survivors.has(tensor)) innermost?.tensors.push(tensor);
    else tensor.dispose();
  }
}

/** The path of layers that is running now; empty outside any. */
export function currentPath(): string {
  return path;
}

/** Runs `fn` with `name` added to the path that memory reports and anomaly errors print. */
export function withPath<T>(name: string, fn: () => T): T {
  const outer = path;
  path = outer === '' ? name : `${outer}/${name}`;
  try {
    return fn();
  } finally {
    path = outer;
  }
}
