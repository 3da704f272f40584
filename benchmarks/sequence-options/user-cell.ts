// SPDX-License-Identifier: Apache-2.0
import { add, matMul, mul, sigmoid, split, type Tensor, tanh } from '@tapeloop/core';
import { type InputShape, initializers } from '@tapeloop/layers';
import { type CellResult, LSTMState, RNNCell } from '@tapeloop/rnn';

/** An LSTM cell as a user would write one, from ops: it has no fused path, so `RNN` unrolls it. */
export class UserCell extends RNNCell<LSTMState> {
  readonly units: number;

  constructor(units: number) {
    super();
    this.units = units;
  }

  override get className(): string {
    return 'UserCell';
  }

  override get stateSize(): LSTMState<number> {
    return new LSTMState({ c: this.units, h: this.units });
  }

  override get outputSize(): number {
    return this.units;
  }

  protected override createParameters(inputShape: InputShape): void {
    const features = inputShape.at(-1) ?? 0;
    this.addParameter('kernel', [features, 4 * this.units], initializers.zeros());
    this.addParameter('recurrentKernel', [this.units, 4 * this.units], initializers.zeros());
    this.addParameter('bias', [4 * this.units], initializers.zeros());
  }

  protected override step(x: Tensor, { c, h }: LSTMState): CellResult<LSTMState> {
    const bias = this.parameter('bias').value;
    const projected = add(matMul(x, this.parameter('kernel').value), bias);
    const z = add(projected, matMul(h, this.parameter('recurrentKernel').value));
    const [i = z, f = z, g = z, o = z] = split(z, 4, 1);
    const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    const output = mul(sigmoid(o), tanh(next));
    return { output, state: new LSTMState({ c: next, h: output }) };
  }
}
