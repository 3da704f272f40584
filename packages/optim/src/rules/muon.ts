// SPDX-License-Identifier: Apache-2.0
import {
  add,
  argumentMessage,
  mul,
  type Parameter,
  ShapeError,
  type Tensor,
  tidy,
} from '@tapeloop/core';
import { checkFraction, checkNotNegative, type ParameterFilter } from '../options.ts';
import { entriesOf, type RuleState } from '../rule.ts';
import { checkRate, rateAt, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, makeSlots, type Slots, slotOf } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { type OrthogonalizeOptions, orthogonalize } from './orthogonalize.ts';

/** How `muon` scales its direction, whose singular values are near 1, to the matrix's sizes. */
export type MuonScaling = 'spectral' | 'matchAdam';

/** Options of `muon`. */
export interface MuonOptions extends OrthogonalizeOptions {
  /** α: a number, or a function of the step. At least 0. Default 0.001. */
  readonly learningRate?: number | Schedule;
  /** μ: decay of the momentum, in [0, 1). Default 0.95. */
  readonly momentum?: number;
  /** Looks ahead along the new momentum. Default true. */
  readonly nesterov?: boolean;
  /**
   * `spectral`: √max(1, columns/rows), Jordan's. `matchAdam`: 0.2·√max(rows, columns), so that
   * Adam's learning rate and decay fit too. Default `spectral`.
   */
  readonly scaling?: MuonScaling;
  /** λ: decoupled weight decay, as a part of the learning rate. At least 0. Default 0.1. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: all. */
  readonly mask?: ParameterFilter;
}

/** What `muon` keeps: the momentum. */
export type MuonState = RuleState<{ readonly momentum: Slots }>;

/** The factor of a direction of `rows × columns`. */
export function muonScale(scaling: MuonScaling, rows: number, columns: number): number {
  if (scaling === 'matchAdam') return 0.2 * Math.sqrt(Math.max(rows, columns));
  return Math.sqrt(Math.max(1, columns / rows));
}

/**
 * Muon, for matrices: the momentum, made orthogonal.
 *
 * ```
 * B ← μ · B + (1 − μ) · G
 * O = orthogonalize(B)                 or with nesterov   orthogonalize(μ · B + (1 − μ) · G)
 * update = −α · (scale · O + λ · W)
 * ```
 *
 * Matrices are in Keras's layout, `[inputs, outputs]`: PyTorch's are transposed, so its `rows /
 * columns` is `columns / rows` here. PyTorch iterates in bfloat16, here it is float32. Optax corrects the
 * bias of B: that changes only the first steps with nesterov, as a factor of B changes nothing.
 * Embeddings, output layers, biases and norms are for another rule: `parameterGroups`.
 *
 * @throws ValueError when an option is out of range; at `init` ShapeError for a parameter that is not
 *   a matrix.
 * @see Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; `matchAdam`: Liu
 *   et al. 2025, "Muon is Scalable for LLM Training", section 2.2.
 *
 * @example
 * parameterGroups(
 *   { name: 'hidden', where: ({ name }) => /cell\d+\/\w*[kK]ernel$/.test(name), transform: muon() },
 *   { name: 'rest', transform: adamw() },
 * );
 */
export function muon(options: MuonOptions = {}): GradientTransform<MuonState> {
  const { learningRate = 1e-3, momentum = 0.95, weightDecay = 0.1, mask = () => true } = options;
  const { scaling = 'spectral', nesterov = true } = options;
  checkRate('muon', 'learningRate', learningRate);
  checkFraction('muon', 'momentum', momentum);
  checkNotNegative('muon', 'weightDecay', weightDecay);
  return {
    init: (parameters) => {
      for (const parameter of parameters) checkMatrix(parameter);
      return { momentum: makeSlots('muon/momentum', parameters), step: { value: 0 } };
    },
    update: (gradients, state, { learningRateScale }) => {
      const alpha = learningRateScale * rateAt('muon', learningRate, state.step.value);
      const parts = [...gradients].map(([parameter, gradient]) => {
        const kept = slotOf('muon', state.momentum, parameter);
        const next = lerp(kept, gradient, momentum);
        const direction = nesterov ? tidy(() => lerp(next, gradient, momentum)) : next;
        return { parameter, kept, next, update: orthogonalize(direction, options) };
      });
      for (const { parameter, kept, next, update } of parts) {
        kept.view().set(next.view());
        const [rows = 0, columns = 0] = parameter.shape;
        const scale = alpha * muonScale(scaling, rows, columns);
        finish(update, parameter.value, scale, mask(parameter) ? alpha * weightDecay : 0);
      }
      state.step.value++;
      return new Map(parts.map(({ parameter, update }) => [parameter, update]));
    },
    entries: (state) => entriesOf('muon', state),
  };
}

/** μ · a + (1 − μ) · b. */
function lerp(a: Tensor, b: Tensor, mu: number): Tensor {
  return tidy(() => add(mul(a, mu), mul(b, 1 - mu)));
}

/** Turns a direction into the update −(scale · O + decay · W), in place. */
function finish(direction: Tensor, value: Tensor, scale: number, decay: number): void {
  const [out, weights] = [elementsOf('muon', direction), elementsOf('muon', value)];
  for (let i = 0; i < out.length; i++) {
    out[i] = -(scale * (out[i] ?? 0) + decay * (weights[i] ?? 0));
  }
}

function checkMatrix({ name, shape }: Parameter): void {
  if (shape.length === 2) return;
  throw new ShapeError(
    argumentMessage({
      op: 'muon',
      argument: `parameter ${name}`,
      expected: 'a matrix',
      received: `${shape.length} dimensions`,
      hint: 'Give it another rule with parameterGroups.',
    }),
  );
}
