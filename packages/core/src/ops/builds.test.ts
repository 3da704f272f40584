// SPDX-License-Identifier: Apache-2.0
// Every op, forward and backward, on every build of the kernels: what runs where there is no relaxed SIMD, or none.

import { describe, expect, test, vi } from 'vitest';
import type { InitOptions } from '../backend.ts';
import { hasWideMode } from '../kernels/wide.ts';
import { closeTo } from '../testing/close-to.ts';
import type { GradientCheck, OpCase } from './gradient-case-testing.ts';
import { opCases } from './op-cases-testing.ts';

/** Elements of a result and of the gradient of each input, by op and check. */
type Results = Map<string, number[]>;

const names = Object.keys(opCases);
const differentiable = Object.entries(opCases).flatMap(([name, opCase]) =>
  'checks' in opCase ? [name] : [],
);
const reference = await startBuild({ kernels: 'reference' });
const expected = reference.results();
const builds = [
  { name: 'simd', options: { kernels: 'simd' }, info: { kernels: 'simd', wide: false } },
  { name: 'relaxed', options: { kernels: 'relaxed' }, info: { kernels: 'relaxed', wide: false } },
  {
    name: 'that runs where there may be wide mode',
    options: { wide: 'auto' },
    info: { wide: hasWideMode() },
  },
] as const;

describe('the scalar reference build', () => {
  test('is the one that runs', () => {
    expect(reference.info).toMatchObject({ kernels: 'reference', wide: false });
  });

  test.each(differentiable)('%s: gradients agree with central differences to 2e-3', (name) => {
    reference.checkGradients(name);
  });
});

describe.each(builds)('the build $name', ({ options, info }) => {
  test('agrees with the reference in every op and gradient to 1e-5, relative to max(1, |y|)', async () => {
    const build = await startBuild(options);
    expect(build.info).toMatchObject(info);
    const results = build.results();
    expect([...results.keys()]).toEqual([...expected.keys()]);
    expect(results.size).toBeGreaterThan(3 * names.length);
    for (const [at, values] of results) {
      const want = expected.get(at) ?? [];
      expect(() => closeTo(values, want, { relative: 1e-5, absolute: 1e-5 }), at).not.toThrow();
    }
  });
});

/** Tapeloop with a state of its own, as a program has it that starts it so. */
async function startBuild(options: InitOptions) {
  vi.resetModules();
  const tapeloop = await import('../index.ts');
  const { checkGrads, sines, expectNoLeaks } = await import('../testing/index.ts');
  const cases: Readonly<Record<string, OpCase>> = (await import('./op-cases-testing.ts')).opCases;
  const info = await tapeloop.init(options);

  const valuesOf = ({ fn, inputs }: GradientCheck): number[] =>
    tapeloop.tidy(() => {
      const points = inputs();
      using tape = new tapeloop.GradientTape();
      for (const point of points) tape.watch(point);
      const y = tape.record(() => fn(...points));
      const outputGradient = sines(y.shape, { offset: 2 });
      const gradients = tape.gradient(y, [...points], { outputGradient, unconnected: 'null' });
      return [y, ...gradients].flatMap((tensor) => [...(tensor?.data() ?? [])]);
    });

  return {
    info,
    results(): Results {
      const results: Results = new Map();
      for (const [name, opCase] of Object.entries(cases)) {
        if ('notDifferentiable' in opCase) {
          const fn = opCase.notDifferentiable;
          const values = tapeloop.tidy(() => [...fn(sines([6], { start: 1 })).data()]);
          results.set(`${name}`, values);
        } else {
          for (const check of opCase.checks) {
            results.set(
              `${name}, ${check.at}`,
              expectNoLeaks(() => valuesOf(check)),
            );
          }
        }
      }
      return results;
    },
    checkGradients(name: string): void {
      const opCase = cases[name];
      if (opCase === undefined || 'notDifferentiable' in opCase)
        throw new Error(`${name}: no gradient.`);
      for (const { fn, inputs } of opCase.checks) {
        expectNoLeaks(() => tapeloop.tidy(() => checkGrads(fn, inputs())));
      }
    },
  };
}
