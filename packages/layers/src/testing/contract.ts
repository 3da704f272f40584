// SPDX-License-Identifier: Apache-2.0

/** One claim of a contract: a test's title and its body, which throws when the claim is false. */
export interface ContractCase {
  readonly title: string;
  /** Throws when the claim is false. */
  run(): void;
}

/** @throws Error unless `condition` holds. */
export function claim(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

/** @throws Error unless `fn` throws an error of `type` whose message has `text` in it. */
export function claimThrows(
  fn: () => unknown,
  type: new (message: string) => Error,
  text: string,
): void {
  try {
    fn();
  } catch (error) {
    claim(error instanceof type, `expected a ${type.name}, got ${String(error)}`);
    claim(error.message.includes(text), `expected "${text}" in "${error.message}"`);
    return;
  }
  throw new Error(`expected a ${type.name}, but nothing was thrown`);
}

/** @throws Error unless both have the same values under the same keys, as JSON prints them. */
export function claimSameJson(actual: unknown, expected: unknown): void {
  const [got, want] = [JSON.stringify(actual), JSON.stringify(expected)];
  claim(got === want, `expected ${want}, got ${got}`);
}

/** @throws Error unless both lists have the same bits. */
export function claimSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  claim(
    actual.length === expected.length,
    `expected ${expected.length} values, got ${actual.length}`,
  );
  for (let i = 0; i < expected.length; i++) {
    claim(
      Object.is(actual[i], expected[i]),
      `element ${i} is ${actual[i]}, expected ${expected[i]}`,
    );
  }
}
