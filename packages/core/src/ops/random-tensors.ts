// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defaultRandomStream, type RandomStream } from '../random.ts';
import { checkShape, type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** Where random tensors are drawn from. */
export interface RandomOptions {
  /** Default: the default stream. */
  readonly stream?: RandomStream;
}

/** Options of `uniform`. */
export interface UniformOptions extends RandomOptions {
  /** Lower bound, included. Default 0. */
  readonly min?: number;
  /** Upper bound, excluded but for rounding. Default 1. */
  readonly max?: number;
}

/** Options of `normal` and `truncatedNormal`. */
export interface NormalOptions extends RandomOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation, at least 0. Default 1. */
  readonly stddev?: number;
}

/** Truncated normal numbers lie within so many standard deviations. */
const TRUNCATION = 2;
/** Keeps the logarithm finite: TensorFlow's constant of the same use. */
const SMALLEST_UNIFORM = 1e-7;

/**
 * Random numbers of equal density between `min` and `max`: `min + (max − min) · u`, where u are the
 * multiples of 2⁻²³ in [0, 1). Equal on every machine.
 *
 * @throws ValueError when `min` or `max` is not finite, or `max` is less than `min`.
 */
export function uniform(shape: Shape, options: UniformOptions = {}): Tensor {
  const { min = 0, max = 1, stream = defaultRandomStream() } = options;
  checkShape('uniform', shape);
  if (!Number.isFinite(min) || !Number.isFinite(max) || max < min) {
    const expected = 'finite numbers, the second not less than the first';
    const problem = { op: 'uniform', argument: 'min and max', expected, received: [min, max] };
    throw new ValueError(argumentMessage(problem));
  }
  const out = Tensor.empty(shape, 'float32', 'uniform');
  const { key, counter } = stream.draw(out.size);
  kernels().philoxUniform(out.pointer, out.size, ...key, ...counter);
  if (min === 0 && max === 1) return out;
  const elements = out.view();
  for (let i = 0; i < elements.length; i++) elements[i] = min + (max - min) * (elements[i] ?? 0);
  return out;
}

/**
 * Normally distributed random numbers.
 *
 * Two at a time from two words of the stream: `√(−2 ln u₁) · (sin 2πu₂, cos 2πu₂)`, computed in
 * float64 by the runtime's `Math`.
 *
 * @throws ValueError when `mean` is not finite, or `stddev` is not a finite number of at least 0.
 * @see Box and Muller 1958, "A Note on the Generation of Random Normal Deviates".
 */
export function normal(shape: Shape, options: NormalOptions = {}): Tensor {
  const { mean, stddev, stream } = checked('normal', shape, options);
  const values = drawNormals(sizeOf(shape), stream);
  const out = Tensor.empty(shape, 'float32', 'normal');
  out.view().set(values.map((z) => mean + stddev * z));
  return out;
}

/**
 * Normally distributed random numbers, those farther than two standard deviations from the mean drawn
 * again. Their own standard deviation is 0.8796 of `stddev`.
 *
 * @throws ValueError when `mean` is not finite, or `stddev` is not a finite number of at least 0.
 * @see `tf.random.truncated_normal`, of the same distribution.
 */
export function truncatedNormal(shape: Shape, options: NormalOptions = {}): Tensor {
  const { mean, stddev, stream } = checked('truncatedNormal', shape, options);
  const size = sizeOf(shape);
  const values = new Float32Array(size);
  for (let filled = 0; filled < size; ) {
    for (const z of drawNormals(size - filled, stream)) {
      if (Math.abs(z) <= TRUNCATION) values[filled++] = mean + stddev * z;
    }
  }
  const out = Tensor.empty(shape, 'float32', 'truncatedNormal');
  out.view().set(values);
  return out;
}

/** `count` numbers of mean 0 and standard deviation 1. */
function drawNormals(count: number, stream: RandomStream): Float64Array {
  const { key, counter } = stream.draw(count);
  const uniforms = Tensor.empty([count + (count % 2)], 'float32', 'normal');
  kernels().philoxUniform(uniforms.pointer, uniforms.size, ...key, ...counter);
  const u = uniforms.data();
  uniforms.dispose();
  return Float64Array.from({ length: count }, (_, i) => {
    const first = u[i - (i % 2)] ?? 0;
    const second = u[i - (i % 2) + 1] ?? 0;
    const radius = Math.sqrt(-2 * Math.log(Math.max(first, SMALLEST_UNIFORM)));
    const angle = 2 * Math.PI * second;
    return radius * (i % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
  });
}

function checked(op: string, shape: Shape, options: NormalOptions): Required<NormalOptions> {
  const { mean = 0, stddev = 1, stream = defaultRandomStream() } = options;
  checkShape(op, shape);
  if (!Number.isFinite(mean)) {
    const expected = 'a finite number';
    throw new ValueError(argumentMessage({ op, argument: 'mean', expected, received: mean }));
  }
  if (!(Number.isFinite(stddev) && stddev >= 0)) {
    const expected = 'a finite number of at least 0';
    throw new ValueError(argumentMessage({ op, argument: 'stddev', expected, received: stddev }));
  }
  return { mean, stddev, stream };
}
