// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fusedCases } from './fused-cases-testing.ts';
import { type GoldenSubject, goldenCases } from './golden-cases-testing.ts';
import { goldenRuns, type Library, type RatedOptions } from './golden-runs-testing.ts';
import { type OptimizerContractOptions, optimizerContract } from './optimizer-contract-testing.ts';
import type { AdamOptions } from './rules/adam.ts';

/** A call that must throw, and the error's message. */
export type Refusal = readonly [call: () => unknown, message: string];

/** A rule with all that it is held against. */
export interface RuleSuite<Options extends RatedOptions, Kept>
  extends GoldenSubject<Options, Kept> {
  /** The libraries that have the rule, for some of its options at least. */
  readonly libraries: readonly Library[];
  readonly contract: OptimizerContractOptions;
  readonly refusals: readonly Refusal[];
}

/**
 * The tests of a rule: the contract, the goldens of each library, the fused kernel, bad options. Sets
 * the file up for tests with tensors.
 */
export function testRule<Options extends RatedOptions, Kept = never>(
  suite: RuleSuite<Options, Kept>,
): void {
  const { rule, scalar, libraries, contract, refusals } = suite;
  beforeAll(async () => {
    await init();
  });
  trackLeaks({ beforeEach, afterEach });

  describe('contract', () => {
    test.each(optimizerContract(contract))('$title', ({ run }) => run());
  });

  describe('goldens', () => {
    test.each(goldenCases(suite))('$title', ({ run }) => run());

    test(`there are some of ${libraries.join(' and ')}`, () => {
      const found = goldenRuns<Options>(rule).flatMap(({ results }) =>
        results.map((r) => r.library),
      );
      expect(new Set(found)).toEqual(new Set(libraries));
    });
  });

  if (scalar !== undefined) {
    describe('fused kernel', () => {
      test.each(fusedCases({ ...suite, scalar }))('$title', ({ run }) => run());
    });
  }

  testRefusals(refusals);
}

/** A test for each refusal. */
export function testRefusals(refusals: readonly Refusal[]): void {
  const wrong = refusals.map(([call, message]) => ({ call, message }));
  test.each(wrong)('refuses: $message', ({ call, message }) => {
    expect(call).toThrow(message);
  });
}

/** The refusals of what all of Adam's kin take. */
export function adamRefusals(name: string, rule: (options: AdamOptions) => unknown): Refusal[] {
  return [
    [() => rule({ beta1: 1 }), `${name}: beta1 must be a number in [0, 1), got 1.`],
    [() => rule({ beta2: -0.1 }), `${name}: beta2 must be a number in [0, 1), got -0.1.`],
    [() => rule({ beta2: Number.NaN }), `${name}: beta2 must be a number in [0, 1), got NaN.`],
    [() => rule({ epsilon: 0 }), `${name}: epsilon must be a finite number above 0, got 0.`],
    [
      () => rule({ learningRate: -1 }),
      `${name}: learningRate must be a finite number of at least 0, got -1.`,
    ],
  ];
}
