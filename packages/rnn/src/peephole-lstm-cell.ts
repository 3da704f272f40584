// SPDX-License-Identifier: Apache-2.0
import {
  add,
  argumentMessage,
  clip,
  matMul,
  mul,
  split,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import {
  type Config,
  checkCount,
  featuresOf,
  type InputShape,
  registerModule,
} from '@tapeloop/layers';
import {
  checkStep,
  gatedCellConfig,
  type ResolvedCellOptions,
  resolveCellOptions,
} from './cell-options.ts';
import { cellWeights } from './cell-weights.ts';
import { affine, type GateActivations } from './gate-activations.ts';
import type { LSTMCellOptions, LSTMWeights } from './lstm-cell.ts';
import { lstmParameters } from './lstm-parameters.ts';
import { LSTMState } from './lstm-state.ts';
import { type CellResult, RNNCell } from './rnn-cell.ts';

const OP = 'PeepholeLSTMCell';
const GATES = ['input', 'forget', 'output'] as const;

/** Options of `PeepholeLSTMCell`. */
export interface PeepholeLSTMCellOptions extends LSTMCellOptions {
  /** Lets the gates see the cell state. Default true. */
  readonly usePeepholes?: boolean;
  /** Clips c' to [-cellClip, cellClip] before it is used; over 0. Default none. */
  readonly cellClip?: number | null;
  /** Width of a linear projection of h', which is then the output and the state. Default none. */
  readonly numProj?: number | null;
  /** Clips the projection to [-projClip, projClip]; over 0. Default none. */
  readonly projClip?: number | null;
}

/** Weights of a `PeepholeLSTMCell`; those of an `LSTMCell`, and: */
export interface PeepholeLSTMWeights extends LSTMWeights {
  /** Diagonals of the connections from c to the gates i, f and o, `[units]` each. */
  readonly peepholes: { readonly i: Tensor; readonly f: Tensor; readonly o: Tensor } | undefined;
  /** `[units, numProj]`. */
  readonly projectionKernel: Tensor | undefined;
}

/** Where a `PeepholeLSTMCell` clips. */
export interface PeepholeLSTMClips {
  readonly cellClip: number | undefined;
  readonly projClip: number | undefined;
}

/**
 * One step of an LSTM with peepholes, clipping and projection, each where it is given:
 *
 * ```
 * [i, f, g, o] = x · kernel + h · recurrentKernel + bias
 * c' = clip(σ(f + pf ⊙ c) ⊙ c + σ(i + pi ⊙ c) ⊙ φ(g))
 * h' = clip((σ(o + po ⊙ c') ⊙ φ(c')) · projectionKernel)
 * ```
 */
export function peepholeLSTMStep(
  x: Tensor,
  { c, h }: LSTMState,
  { kernel, recurrentKernel, bias, peepholes, projectionKernel }: PeepholeLSTMWeights,
  { activation, recurrentActivation }: GateActivations,
  { cellClip, projClip }: PeepholeLSTMClips,
): LSTMState {
  const z = add(affine(x, kernel, bias), matMul(h, recurrentKernel));
  const [i = z, f = z, g = z, o = z] = split(z, 4, 1);
  const seeing = (gate: Tensor, cell: Tensor, weights: Tensor | undefined) =>
    recurrentActivation(weights === undefined ? gate : add(gate, mul(cell, weights)));
  const kept = mul(seeing(f, c, peepholes?.f), c);
  const written = mul(seeing(i, c, peepholes?.i), activation(g));
  const next = clipped(add(kept, written), cellClip);
  const shown = mul(seeing(o, next, peepholes?.o), activation(next));
  const projected =
    projectionKernel === undefined ? shown : clipped(matMul(shown, projectionKernel), projClip);
  return new LSTMState({ c: next, h: projected });
}

/**
 * An LSTM whose gates see the cell state, with clipping and projection. The equations stand at
 * `peepholeLSTMStep`; the output is h'.
 *
 * Shapes: inputs `[batch, features]`; state `LSTMState` of c `[batch, units]` and h
 * `[batch, outputs]`, output `[batch, outputs]`, where outputs is `numProj` or else `units`; `kernel`
 * `[features, 4 · units]`, `recurrentKernel` `[outputs, 4 · units]`, `bias` `[4 · units]`, columns in
 * the order of the gates i, f, c, o; `inputGatePeepholeWeights`, `forgetGatePeepholeWeights`,
 * `outputGatePeepholeWeights` `[units]`; `projectionKernel` `[units, numProj]`.
 *
 * Differs from TensorFlow's cell in layout only: that has one kernel of x and h with the gates
 * i, c, f, o, and adds `forget_bias` at each step where ours is in the bias.
 *
 * @throws TypeError when `units` or `numProj` is not a whole number of at least 1; ValueError when a
 *   clip is not over 0, or `projClip` is given without `numProj`; at a step, ShapeError when a shape
 *   does not fit.
 * @see Gers and Schmidhuber 2000, "Recurrent Nets that Time and Count"; Sak et al. 2014, "Long
 *   Short-Term Memory Based Recurrent Neural Network Architectures for Large Vocabulary Speech
 *   Recognition"; TensorFlow's `tf.compat.v1.nn.rnn_cell.LSTMCell`.
 */
export class PeepholeLSTMCell extends RNNCell<LSTMState> {
  readonly units: number;
  readonly unitForgetBias: boolean;
  readonly usePeepholes: boolean;
  readonly cellClip: number | undefined;
  readonly numProj: number | undefined;
  readonly projClip: number | undefined;
  readonly #options: ResolvedCellOptions;

  constructor(units: number, options: PeepholeLSTMCellOptions = {}) {
    super(options);
    checkCount(OP, 'units', units);
    this.units = units;
    this.unitForgetBias = options.unitForgetBias ?? true;
    this.usePeepholes = options.usePeepholes ?? true;
    this.cellClip = checkClip('cellClip', options.cellClip);
    this.numProj = options.numProj ?? undefined;
    if (this.numProj !== undefined) checkCount(OP, 'numProj', this.numProj);
    this.projClip = checkClip('projClip', options.projClip);
    if (this.projClip !== undefined && this.numProj === undefined) {
      const expected = 'absent without numProj';
      const received = this.projClip;
      throw new ValueError(argumentMessage({ op: OP, argument: 'projClip', expected, received }));
    }
    this.#options = resolveCellOptions(OP, options);
  }

  override get className(): string {
    return OP;
  }

  override get stateSize(): LSTMState<number> {
    return new LSTMState({ c: this.units, h: this.outputSize });
  }

  override get outputSize(): number {
    return this.numProj ?? this.units;
  }

  override getConfig(): Config {
    const { units, unitForgetBias, usePeepholes } = this;
    return {
      ...super.getConfig(),
      units,
      ...gatedCellConfig(OP, this.#options),
      unitForgetBias,
      usePeepholes,
      cellClip: this.cellClip ?? null,
      numProj: this.numProj ?? null,
      projClip: this.projClip ?? null,
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    const { units, numProj } = this;
    const features = featuresOf(OP, inputShape);
    for (const each of lstmParameters(this.#options, this, features)) this.addParameter(...each);
    const { kernelInitializer } = this.#options;
    for (const gate of this.usePeepholes ? GATES : []) {
      this.addParameter(`${gate}GatePeepholeWeights`, [units], kernelInitializer);
    }
    if (numProj === undefined) return;
    this.addParameter('projectionKernel', [units, numProj], kernelInitializer);
  }

  protected override step(inputs: Tensor, state: LSTMState): CellResult<LSTMState> {
    const value = (name: string) => this.parameter(name).value;
    const peephole = (gate: (typeof GATES)[number]) => value(`${gate}GatePeepholeWeights`);
    const weights = {
      ...cellWeights(this, this.#options),
      peepholes: this.usePeepholes
        ? { i: peephole('input'), f: peephole('forget'), o: peephole('output') }
        : undefined,
      projectionKernel: this.numProj === undefined ? undefined : value('projectionKernel'),
    };
    const features = weights.kernel.shape[0] ?? 0;
    checkStep(OP, inputs, features, { c: state.c }, this.units);
    checkStep(OP, inputs, features, { h: state.h }, this.outputSize);
    const next = peepholeLSTMStep(inputs, state, weights, this.#options, this);
    return { output: next.h, state: next };
  }
}

interface PeepholeLSTMCellConfig extends PeepholeLSTMCellOptions {
  readonly units: number;
}

registerModule(
  OP,
  ({ units, ...options }: PeepholeLSTMCellConfig) => new PeepholeLSTMCell(units, options),
);

function clipped(x: Tensor, bound: number | undefined): Tensor {
  return bound === undefined ? x : clip(x, -bound, bound);
}

function checkClip(argument: string, bound: unknown): number | undefined {
  if (bound === undefined || bound === null) return undefined;
  if (typeof bound === 'number' && Number.isFinite(bound) && bound > 0) return bound;
  const expected = 'a finite number over 0';
  throw new ValueError(argumentMessage({ op: OP, argument, expected, received: bound }));
}
