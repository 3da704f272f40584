// SPDX-License-Identifier: Apache-2.0
// The numbers by which kernels know what they are to do, apart from the references, which few programs load.

/** What a GEMM does to each element last: nothing, or max(0, x) that lets NaN through. */
export const gemmActivations = { none: 0, relu: 1 } as const;

/** The activations of a simple recurrent network, by their `variant`. */
export const simpleRnnVariants = { tanh: 0, relu: 1 } as const;
