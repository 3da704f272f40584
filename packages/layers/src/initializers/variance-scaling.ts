// SPDX-License-Identifier: Apache-2.0
import { type Shape, sizeOf, truncatedNormal, uniform } from '@tapeloop/core';
import { type Initializer, namedInitializer } from '../initializer.ts';
import { ownStream, type SeedOption, seedOf } from './random.ts';

/** Standard deviation of a normal distribution cut off at two deviations. */
const TRUNCATED_STDDEV = 0.87962566103423978;

type Fan = 'in' | 'average';
type Distribution = 'uniform' | 'normal';

/**
 * Uniform on ±√(6 / (fanIn + fanOut)): variance 2 / (fanIn + fanOut).
 *
 * @see Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
 *   networks".
 */
export function glorotUniform(options?: SeedOption): Initializer {
  return varianceScaling('glorotUniform', 1, 'average', 'uniform', options);
}

/** Truncated normal of variance 2 / (fanIn + fanOut). @see Glorot and Bengio 2010. */
export function glorotNormal(options?: SeedOption): Initializer {
  return varianceScaling('glorotNormal', 1, 'average', 'normal', options);
}

/**
 * Uniform on ±√(6 / fanIn): variance 2 / fanIn, for layers before a relu.
 *
 * @see He et al. 2015, "Delving Deep into Rectifiers".
 */
export function heUniform(options?: SeedOption): Initializer {
  return varianceScaling('heUniform', 2, 'in', 'uniform', options);
}

/** Truncated normal of variance 2 / fanIn. @see He et al. 2015. */
export function heNormal(options?: SeedOption): Initializer {
  return varianceScaling('heNormal', 2, 'in', 'normal', options);
}

/** Uniform on ±√(3 / fanIn): variance 1 / fanIn. @see LeCun et al. 1998, "Efficient BackProp". */
export function lecunUniform(options?: SeedOption): Initializer {
  return varianceScaling('lecunUniform', 1, 'in', 'uniform', options);
}

/** Truncated normal of variance 1 / fanIn. @see LeCun et al. 1998. */
export function lecunNormal(options?: SeedOption): Initializer {
  return varianceScaling('lecunNormal', 1, 'in', 'normal', options);
}

/** Zero-mean values of variance `scale / fan`. @see Keras's `VarianceScaling`. */
function varianceScaling(
  name: string,
  scale: number,
  fan: Fan,
  distribution: Distribution,
  { seed }: SeedOption = {},
): Initializer {
  return namedInitializer(name, seedOf(seed), (shape, stream) => {
    const [fanIn, fanOut] = fans(shape);
    const variance = scale / Math.max(1, fan === 'in' ? fanIn : (fanIn + fanOut) / 2);
    const own = { stream: ownStream(stream, seed) };
    if (distribution === 'normal') {
      return truncatedNormal(shape, { stddev: Math.sqrt(variance) / TRUNCATED_STDDEV, ...own });
    }
    const limit = Math.sqrt(3 * variance);
    return uniform(shape, { min: -limit, max: limit, ...own });
  });
}

/** Inputs and outputs of a unit: the last two dimensions, times the receptive field before them. */
function fans(shape: Shape): [fanIn: number, fanOut: number] {
  const [last = 1] = shape.slice(-1);
  if (shape.length < 2) return [last, last];
  const field = sizeOf(shape.slice(0, -2));
  return [field * (shape.at(-2) ?? 1), field * last];
}
