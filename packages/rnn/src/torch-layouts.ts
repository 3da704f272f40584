// SPDX-License-Identifier: Apache-2.0

/**
 * The order of the gates here, as places among PyTorch's. LSTM: i, f, c, o from i, f, g, o, which is the
 * same. GRU: z, r, h from r, z, n. PyTorch's n and g are our h and c; its z keeps the old state, as ours.
 */
export const torchGates = {
  lstm: [0, 1, 2, 3],
  gru: [1, 0, 2],
  simple: [0],
} as const satisfies Record<string, readonly number[]>;

/**
 * A matrix of PyTorch, `[outputs, inputs]`, as ours, `[inputs, outputs]`, with the blocks of outputs in
 * another order: block k of the result is block `gates[k]`. Both are row-major.
 */
export function kernelFromTorch(
  weight: Float32Array,
  outputs: number,
  gates: readonly number[] = [0],
): Float32Array {
  const inputs = weight.length / outputs;
  const units = outputs / gates.length;
  const kernel = new Float32Array(weight.length);
  gates.forEach((gate, k) => {
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0; input < inputs; input++) {
        const value = weight[(gate * units + unit) * inputs + input] ?? 0;
        kernel[input * outputs + k * units + unit] = value;
      }
    }
  });
  return kernel;
}

/** A bias of PyTorch with its blocks in another order: block k of the result is block `gates[k]`. */
export function biasFromTorch(bias: Float32Array, gates: readonly number[]): Float32Array {
  return kernelFromTorch(bias, bias.length, gates);
}

/** The one bias of an LSTM or a simple cell: PyTorch's two, which it adds up, as their sum. */
export function summedBiasFromTorch(
  inputBias: Float32Array,
  recurrentBias: Float32Array,
  gates: readonly number[],
): Float32Array {
  const sum = inputBias.map((value, i) => value + (recurrentBias[i] ?? 0));
  return biasFromTorch(sum, gates);
}

/** The bias of a GRU with `resetAfter`, `[2, 3 · units]`: PyTorch's for the inputs, and for the state. */
export function stackedBiasFromTorch(
  inputBias: Float32Array,
  recurrentBias: Float32Array,
  gates: readonly number[],
): Float32Array {
  const stacked = new Float32Array(2 * inputBias.length);
  stacked.set(biasFromTorch(inputBias, gates));
  stacked.set(biasFromTorch(recurrentBias, gates), inputBias.length);
  return stacked;
}
