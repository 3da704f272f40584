// SPDX-License-Identifier: Apache-2.0
import {
  keep,
  type RandomStream,
  type Shape,
  showShape,
  sizeOf,
  type Tensor,
  tensor,
  tidy,
  uniform,
} from '@tapeloop/core';

interface Entry {
  /** Uniform numbers on [0, 1), one for each element. */
  readonly noise: ArrayLike<number>;
  readonly shape: Shape;
  keepProbability: number;
  mask: Tensor;
}

/**
 * The masks of one wrapper that stay the same from step to step. An element is kept where its noise
 * and the keep probability add up to at least 1 in float32, as upstream; noise is drawn once for a
 * leaf and shape, so a probability that changes between steps moves the threshold only.
 */
export class MaskStore {
  readonly #entries = new Map<string, Entry>();

  /** A mask of 0 and `1 / keepProbability`, which the store owns. */
  mask(leaf: string, shape: Shape, keepProbability: number, stream: () => RandomStream): Tensor {
    const key = `${leaf} ${showShape(shape)}`;
    const held = this.#entries.get(key);
    if (held === undefined) {
      const noise = tidy(() => uniform(shape, { stream: stream() }).data());
      const mask = maskOf(noise, shape, keepProbability);
      this.#entries.set(key, { noise, shape, keepProbability, mask });
      return mask;
    }
    if (held.keepProbability !== keepProbability) {
      held.mask.dispose();
      held.mask = maskOf(held.noise, shape, keepProbability);
      held.keepProbability = keepProbability;
    }
    return held.mask;
  }

  /** Frees the masks; the next use draws new ones. */
  dispose(): void {
    for (const { mask } of this.#entries.values()) mask.dispose();
    this.#entries.clear();
  }
}

function maskOf(noise: ArrayLike<number>, shape: Shape, keepProbability: number): Tensor {
  const values = new Float32Array(sizeOf(shape));
  const scale = 1 / keepProbability;
  for (let i = 0; i < values.length; i++) {
    if (Math.fround(keepProbability + (noise[i] ?? 0)) >= 1) values[i] = scale;
  }
  return keep(tensor(values, shape));
}
