// SPDX-License-Identifier: Apache-2.0
import { add, argumentMessage, mul, ShapeError, sub, type Tensor } from '@tapeloop/core';
import {
  type Config,
  Dense,
  featuresOf,
  type InputShape,
  type Module,
  type ModuleOptions,
  registerModule,
  type SavedModule,
} from '@tapeloop/layers';
import { cellFromConfig } from './cell-from-config.ts';
import { CellWrapper } from './cell-wrapper.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import type { SequenceInputs, SequencePlan, SequenceResult } from './sequence.ts';
import { dimensionsOf } from './size.ts';

/** Options of `HighwayWrapper`. */
export interface HighwayWrapperOptions extends ModuleOptions {
  /** The transform gate is 1 − carry instead of a gate with weights of its own. Default true. */
  readonly coupleCarryTransformGates?: boolean;
  /** What the bias of the carry gate starts at; that of the transform gate at its negative. Default 1. */
  readonly carryBiasInit?: number;
}

/**
 * A cell whose inputs pass by its output through a gate: `(y, s') = cell(x, s)`, then
 *
 * ```
 * carry = σ(x · Kc + bc)
 * transform = 1 − carry, or σ(x · Kt + bt) without coupling
 * output = carry ⊙ x + transform ⊙ y
 * ```
 *
 * Shapes: inputs and output `[batch, units]` alike; `carry/kernel` and `transform/kernel`
 * `[units, units]`, biases `[units]`. A wrapper around another has `carry_1`, and so on.
 *
 * @throws TypeError when `cell` is no cell or its output is not one vector; when it is built,
 *   ShapeError when the inputs are of another width than the output.
 * @see Srivastava et al. 2015, "Highway Networks"; `tf.contrib.rnn.HighwayWrapper` of TensorFlow 1.
 */
export class HighwayWrapper<State> extends CellWrapper<State> {
  readonly coupleCarryTransformGates: boolean;
  readonly carryBiasInit: number;
  readonly #carry: Dense;
  readonly #transform: Dense | undefined;

  constructor(cell: RNNCell<State>, options: HighwayWrapperOptions = {}) {
    super(cell, options);
    const [units] = dimensionsOf(cell.outputSize) ?? [];
    if (units === undefined) {
      const expected = 'a cell whose output is one vector';
      const received = cell.outputSize;
      throw new TypeError(
        argumentMessage({ op: 'HighwayWrapper', argument: 'cell', expected, received }),
      );
    }
    this.coupleCarryTransformGates = options.coupleCarryTransformGates ?? true;
    this.carryBiasInit = options.carryBiasInit ?? 1;
    this.#carry = gate(units, this.carryBiasInit);
    this.#transform = this.coupleCarryTransformGates ? undefined : gate(units, -this.carryBiasInit);
  }

  override get className(): string {
    return 'HighwayWrapper';
  }

  override children(): ReadonlyMap<string, Module> {
    const inside = this.wrappedCell.modules().filter(([, each]) => each instanceof HighwayWrapper);
    const suffix = inside.length === 0 ? '' : `_${inside.length}`;
    const found = new Map<string, Module>([...super.children(), [`carry${suffix}`, this.#carry]]);
    if (this.#transform !== undefined) found.set(`transform${suffix}`, this.#transform);
    return found;
  }

  override getConfig(): Config {
    const { coupleCarryTransformGates, carryBiasInit } = this;
    return { ...super.getConfig(), coupleCarryTransformGates, carryBiasInit };
  }

  protected override createParameters(inputShape: InputShape): void {
    const features = featuresOf('HighwayWrapper', inputShape);
    if (features !== this.#carry.units) {
      const expected = `of the output's width ${this.#carry.units}`;
      throw new ShapeError(
        argumentMessage({
          op: 'HighwayWrapper',
          argument: 'inputs',
          expected,
          received: inputShape,
        }),
      );
    }
    super.createParameters(inputShape);
    this.#carry.build(inputShape);
    this.#transform?.build(inputShape);
  }

  override canRunSequence(plan: SequencePlan): boolean {
    // Where a row skips a step, the gate of that step's inputs would act on an old output.
    if (plan.isMasked || plan.hasStateMasks) return false;
    return this.wrappedCell.canRunSequence(plan);
  }

  protected override sequence(sequence: SequenceInputs<State>): SequenceResult<State> {
    const { outputs, state } = this.wrappedCell.runSequence(sequence);
    return { outputs: this.#mix(sequence.inputs, outputs), state };
  }

  protected override step(inputs: Tensor, state: State): CellResult<State> {
    const next = this.wrappedCell.call(inputs, state);
    return { output: this.#mix(inputs, next.output), state: next.state };
  }

  #mix(inputs: Tensor, output: Tensor): Tensor {
    const carry = this.#carry.call(inputs);
    const transform = this.#transform?.call(inputs) ?? sub(1, carry);
    return add(mul(carry, inputs), mul(transform, output));
  }
}

interface HighwayWrapperConfig extends HighwayWrapperOptions {
  readonly cell: SavedModule;
}

registerModule(
  'HighwayWrapper',
  ({ cell, ...options }: HighwayWrapperConfig) => new HighwayWrapper(cellFromConfig(cell), options),
);

/** `σ(x · kernel + bias)` whose bias starts at `bias`. */
function gate(units: number, bias: number): Dense {
  const biasInitializer = { name: 'constant', options: { value: bias } };
  return new Dense(units, { activation: 'sigmoid', biasInitializer });
}
