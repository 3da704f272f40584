// SPDX-License-Identifier: Apache-2.0
import { closeScope, openScope } from '../ledger.ts';
import { memory } from '../scope.ts';

/** Hooks of a test runner: vitest's `beforeEach` and `afterEach` fit. */
export interface TestHooks {
  beforeEach(fn: () => void): void;
  afterEach(fn: () => void): void;
}

/**
 * Runs `fn` and checks that it ends with as many tensors and bytes as it began.
 *
 * @throws Error naming what made the tensors that are left.
 */
export function expectNoLeaks<T>(fn: () => T): T {
  const before = memory();
  const result = fn();
  assertLevel(before);
  return result;
}

/**
 * Puts every test of a file under a leak check. Tensors that a test makes itself, at its top level,
 * are freed after it; what is left after that (a tape that was not freed, a parameter that was not
 * disposed) fails the test.
 */
export function trackLeaks({ beforeEach, afterEach }: TestHooks): void {
  let scope: ReturnType<typeof openScope>;
  let before: ReturnType<typeof memory>;
  beforeEach(() => {
    before = memory();
    scope = openScope();
  });
  afterEach(() => {
    closeScope(scope, new Set());
    assertLevel(before);
  });
}

function assertLevel(before: ReturnType<typeof memory>): void {
  const after = memory({ owners: true });
  if (after.tensors === before.tensors && after.bytes === before.bytes) return;
  const owners = [...(after.owners ?? [])].map(([owner, count]) => `${owner} ${count}`);
  throw new Error(
    `leak: ${after.tensors - before.tensors} tensors and ${after.bytes - before.bytes} bytes more ` +
      `than before. Alive: ${owners.join(', ')}.`,
  );
}
