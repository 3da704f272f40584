// SPDX-License-Identifier: Apache-2.0

import { decay, moveTowards, updateElements } from './update-elements.ts';
import { float32View } from './views.ts';

/**
 * Optimizer updates of Adam's kin, one parameter in one pass: `out = parameter + update`.
 *
 * `parameter` may be 0, which stands for zeros: then `out` is the update alone. `out` may be the
 * parameter. g is `gradientScale · gradient`: the scale is for clipping (1 for none). `n` elements,
 * float32; hyperparameters are numbers of any precision. Everywhere but in Lion
 * `m ← m + (1 − beta1) · (g − m)`. At step t from 1, `stepSize = learningRate / (1 − beta1^t)` and
 * `rootScale = 1 / √(1 − beta2^t)` where bias is corrected.
 */
export interface AdamVariantKernels {
  /**
   * AMSGrad (Reddi et al. 2018) as PyTorch has it: `v ← beta2 · v + (1 − beta2) · g²`,
   * `largest ← max(largest, v)`, `update = −stepSize · m / (rootScale · √largest + epsilon)`.
   */
  amsgradUpdate(
    parameter: number,
    gradient: number,
    m: number,
    v: number,
    largest: number,
    out: number,
    n: number,
    stepSize: number,
    beta1: number,
    beta2: number,
    rootScale: number,
    epsilon: number,
    gradientScale: number,
  ): void;
  /**
   * NAdam (Dozat 2016): `v ← beta2 · v + (1 − beta2) · g²`,
   * `update = −(mStep · m + gStep · g) / (rootScale · √v + epsilon)`. With momenta μ and their product
   * Π, `mStep = learningRate · μₜ₊₁ / (1 − Πₜ₊₁)` and `gStep = learningRate · (1 − μₜ) / (1 − Πₜ)`.
   */
  nadamUpdate(
    parameter: number,
    gradient: number,
    m: number,
    v: number,
    out: number,
    n: number,
    mStep: number,
    gStep: number,
    beta1: number,
    beta2: number,
    rootScale: number,
    epsilon: number,
    gradientScale: number,
  ): void;
  /**
   * AdaMax (Kingma and Ba 2015, algorithm 2): `u ← max(beta2 · u, |g| + epsilon)`,
   * `update = −stepSize · m / u`.
   */
  adamaxUpdate(
    parameter: number,
    gradient: number,
    m: number,
    u: number,
    out: number,
    n: number,
    stepSize: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    gradientScale: number,
  ): void;
  /**
   * Lion (Chen et al. 2023): `c = m + (1 − beta1) · (g − m)`, `m ← m + (1 − beta2) · (g − m)`,
   * `update = −learningRate · sign(c) − shrink · parameter`.
   *
   * @param shrink decoupled decay, `learningRate · decay`; 0 for none
   */
  lionUpdate(
    parameter: number,
    gradient: number,
    m: number,
    out: number,
    n: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    shrink: number,
    gradientScale: number,
  ): void;
}

/** The kernels of `AdamVariantKernels`, one element after the other in float64. */
export function createAdamVariantReference(memory: WebAssembly.Memory): AdamVariantKernels {
  const view = (pointer: number) => float32View(memory, pointer);
  return {
    amsgradUpdate(parameter, gradient, m, v, largest, out, n, ...numbers) {
      const [stepSize, beta1, beta2, rootScale, epsilon, gradientScale] = numbers;
      const [ms, vs, maxima] = [view(m), view(v), view(largest)];
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i) => {
        const mean = moveTowards(ms, i, g, 1 - beta1);
        const top = Math.max(maxima.get(i), decay(vs, i, beta2, (1 - beta2) * g * g));
        maxima.set(i, top);
        return (-stepSize * mean) / (rootScale * Math.sqrt(top) + epsilon);
      });
    },
    nadamUpdate(parameter, gradient, m, v, out, n, mStep, gStep, ...numbers) {
      const [beta1, beta2, rootScale, epsilon, gradientScale] = numbers;
      const [ms, vs] = [view(m), view(v)];
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i) => {
        const mean = moveTowards(ms, i, g, 1 - beta1);
        const square = decay(vs, i, beta2, (1 - beta2) * g * g);
        return -(mStep * mean + gStep * g) / (rootScale * Math.sqrt(square) + epsilon);
      });
    },
    adamaxUpdate(parameter, gradient, m, u, out, n, ...numbers) {
      const [stepSize, beta1, beta2, epsilon, gradientScale] = numbers;
      const [ms, us] = [view(m), view(u)];
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i) => {
        const top = Math.max(beta2 * us.get(i), Math.abs(g) + epsilon);
        us.set(i, top);
        return (-stepSize * moveTowards(ms, i, g, 1 - beta1)) / top;
      });
    },
    lionUpdate(parameter, gradient, m, out, n, ...numbers) {
      const [learningRate, beta1, beta2, shrink, gradientScale] = numbers;
      const ms = view(m);
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i, p) => {
        const before = ms.get(i);
        moveTowards(ms, i, g, 1 - beta2);
        return -learningRate * Math.sign(before + (1 - beta1) * (g - before)) - shrink * p;
      });
    },
  };
}
