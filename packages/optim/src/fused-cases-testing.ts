// SPDX-License-Identifier: Apache-2.0
import { closeTo } from '@tapeloop/core/testing';
import { chain } from './chain.ts';
import { check } from './contract-fixtures-testing.ts';
import type { GoldenSubject, ScalarForm } from './golden-cases-testing.ts';
import { goldenRuns, type RatedOptions } from './golden-runs-testing.ts';
import { follow, followScalar, type Trajectory } from './golden-trajectories-testing.ts';
import type { ContractCase } from './optimizer-contract-testing.ts';
import type { GradientTransform } from './transform.ts';
import { clipByGlobalNorm } from './transforms/clip-by-global-norm.ts';
import { inspect } from './transforms/inspect.ts';

const SIZE = 1003;
const STEPS = 7;
const MAX_NORM = 3;
const bound = { relative: 2e-6, absolute: 2e-6 };

/** A rule whose update is one element's alone, with its scalar form. */
export interface ElementwiseSubject<Options extends RatedOptions, Kept>
  extends GoldenSubject<Options, Kept> {
  readonly scalar: ScalarForm<Options, Kept>;
}

/**
 * That the rule's kernel is its scalar update, with the options of each golden run at a constant rate:
 * in place, behind clipping, which it then does as it reads, and where something follows.
 */
export function fusedCases<Options extends RatedOptions, Kept>(
  subject: ElementwiseSubject<Options, Kept>,
): ContractCase[] {
  const runs = goldenRuns<Options>(subject.rule).filter(({ run }) => run.schedule === 'constant');
  return runs.flatMap(({ run: { options } }) => {
    const name = `${subject.rule} ${JSON.stringify(options)}, 7 steps of 1003 elements`;
    const expected = (maxNorm?: number) => expectedOf(subject.scalar, options, maxNorm);
    const clip = () => clipByGlobalNorm(MAX_NORM);
    return [
      {
        title: `${name}: added to the parameter as the scalar update says, to 2e-6`,
        run: () => reaches(fused(subject.make(options)), expected()),
      },
      {
        title: `${name}: clipped as the gradients are read, to 2e-6`,
        run: () => reaches(fused(chain(clip(), subject.make(options))), expected(MAX_NORM)),
      },
      {
        title: `${name}: the same as updates of its own, to 2e-6`,
        run: () => {
          const last = chain(
            clip(),
            subject.make(options),
            inspect(() => undefined),
          );
          reaches(last, expected(MAX_NORM));
        },
      },
    ];
  });
}

/** The transform, which must add its updates at once. */
function fused(transform: GradientTransform<unknown>): GradientTransform<unknown> {
  check(transform.apply !== undefined, 'the transform must have a fused path');
  return transform;
}

function reaches(transform: GradientTransform<unknown>, expected: readonly number[]): void {
  closeTo(follow(trajectoryOf(), transform).parameters, expected, bound);
}

/** The scalar update of each element in float64, of gradients that are clipped when asked. */
function expectedOf<Options extends RatedOptions, Kept>(
  { first, step }: ScalarForm<Options, Kept>,
  options: Options & { readonly learningRate: number },
  maxNorm = Number.POSITIVE_INFINITY,
): number[] {
  return followScalar(trajectoryOf(maxNorm), first(options), (at, kept) => {
    return step({ ...at, alpha: options.learningRate }, kept, options);
  });
}

function trajectoryOf(maxNorm = Number.POSITIVE_INFINITY): Trajectory {
  const elements = Array.from({ length: SIZE }, (_, i) => i);
  const gradients = Array.from({ length: STEPS }, (_, step) => {
    const gradient = elements.map((i) => Math.fround((1 + step) * Math.sin(5 * step + i)));
    const norm = Math.hypot(...gradient);
    return gradient.map((g) => g * Math.min(1, maxNorm / norm));
  });
  const start = elements.map((i) => Math.fround(Math.cos(i)));
  return { start, gradients, shape: [SIZE], sampled: [STEPS] };
}
