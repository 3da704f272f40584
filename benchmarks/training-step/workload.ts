// SPDX-License-Identifier: Apache-2.0

/**
 * A language model's training step: ids `[batch, time]` through an embedding, two LSTM layers and a
 * dense layer to logits; mean softmax cross-entropy; Adam. States begin at zero in every window.
 */
export interface Workload {
  readonly hidden: number;
  readonly batch: number;
  readonly time: number;
  readonly embedding: number;
  readonly vocabulary: number;
  readonly learningRate: number;
}

/** A parameter's name, shape and elements. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** One window of ids `[batch, time]`, row by row, and the ids that follow each. */
export interface Batch {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/** Adam's constants, the same for everyone. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** The sizes of DESIGN's table. */
export function workload(hidden: number, batch: number, time: number): Workload {
  return { hidden, batch, time, embedding: hidden, vocabulary: 78, learningRate: 1e-3 };
}

/**
 * The first weights, in Keras's layouts and order: gates i, f, c, o. Element `i` of weight number `k`
 * is `cos(k + i + i² / 7) · √(1 / rows)`: all different, the same in every language, of a usual size.
 */
export function firstWeights({ hidden, embedding, vocabulary }: Workload): Weight[] {
  const shapes: [string, readonly number[]][] = [
    ['embedding', [vocabulary, embedding]],
    ['lstm0/kernel', [embedding, 4 * hidden]],
    ['lstm0/recurrentKernel', [hidden, 4 * hidden]],
    ['lstm0/bias', [4 * hidden]],
    ['lstm1/kernel', [hidden, 4 * hidden]],
    ['lstm1/recurrentKernel', [hidden, 4 * hidden]],
    ['lstm1/bias', [4 * hidden]],
    ['dense/kernel', [hidden, vocabulary]],
    ['dense/bias', [vocabulary]],
  ];
  return shapes.map(([name, shape], k) => {
    const [rows = 1, columns = 1] = shape;
    const scale = Math.sqrt(1 / rows);
    const values = Float32Array.from(
      { length: rows * columns },
      (_, i) => Math.cos(k + i + (i * i) / 7) * scale,
    );
    return { name, shape, values };
  });
}

/** Four windows to train on in turn: rows that count through the vocabulary in steps of 1 to 7. */
export function batches({ batch, time, vocabulary }: Workload): Batch[] {
  return [0, 1, 2, 3].map((window) => {
    const id = (row: number, t: number) =>
      (row * 31 + (window * time + t) * ((row % 7) + 1)) % vocabulary;
    const ids = (shift: number) =>
      Int32Array.from({ length: batch * time }, (_, i) =>
        id(Math.floor(i / time), (i % time) + shift),
      );
    return { inputs: ids(0), targets: ids(1) };
  });
}
