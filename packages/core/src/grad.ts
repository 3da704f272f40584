// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, GradientError } from './errors.ts';
import type { Gradient } from './indexed-slices.ts';
import { reshape } from './ops/reshape.ts';
import type { Parameter } from './parameter.ts';
import { dispose, keep, tidy } from './scope.ts';
import { GradientTape } from './tape.ts';
import { Tensor } from './tensor.ts';
import { withTape } from './with-tape.ts';

/** A loss, or a record with the loss and whatever else the function has to hand on. */
export type WithLoss = Tensor | { readonly loss: Tensor };

/** Gradients by the parameter they belong to. */
export type Gradients = Map<Parameter, Tensor>;

/** Gradients of which some may be slices. */
export type SparseGradients = ReadonlyMap<Parameter, Gradient>;

/** What `valueAndGrad` returns. */
export interface ValueAndGrad<T, Each extends Gradient = Tensor> {
  /** What the function returned. */
  readonly value: T;
  /** d(loss)/d(parameter), of the parameter's shape. */
  readonly gradients: Map<Parameter, Each>;
}

/** Options of `valueAndGrad`. */
export interface ValueAndGradOptions {
  /** `'null'` leaves parameters that the loss does not depend on out of the map; default `throw`. */
  readonly unconnected?: 'throw' | 'null';
  /** Gives parameters that have `sparseGradient` theirs as `IndexedSlices` if possible. Default false. */
  readonly sparse?: boolean;
  /**
   * Called with each gradient as soon as nothing can be added to it any more, while the others are
   * still being computed: to send it to other machines meanwhile, say. Read it, and neither keep,
   * change nor dispose it.
   */
  readonly onGradient?: (parameter: Parameter, gradient: Gradient) => void;
}

/**
 * Runs `fn` and differentiates its loss with respect to the parameters. Frees everything made on the
 * way but what `fn` returns and the gradients.
 *
 * @param fn returns the loss, a scalar, or a record whose `loss` is one: other entries, such as a
 *   recurrent state, come back with it.
 * @param parameters those that are not trainable are passed over.
 * @throws GradientError when the loss is not a scalar, or does not depend on a parameter.
 *
 * @example
 * const { value: loss, gradients } = valueAndGrad(() => lossOf(model.call(x), y), model.parameters());
 */
export function valueAndGrad<T extends WithLoss>(
  fn: () => T,
  parameters: readonly Parameter[],
  options: ValueAndGradOptions & { readonly sparse: true },
): ValueAndGrad<T, Gradient>;
export function valueAndGrad<T extends WithLoss>(
  fn: () => T,
  parameters: readonly Parameter[],
  options?: ValueAndGradOptions & { readonly sparse?: false },
): ValueAndGrad<T>;
export function valueAndGrad<T extends WithLoss>(
  fn: () => T,
  parameters: readonly Parameter[],
  { unconnected = 'throw', sparse = false, onGradient }: ValueAndGradOptions = {},
): ValueAndGrad<T, Gradient> {
  return tidy(() =>
    withTape((tape) => {
      const value = tape.record(fn);
      const loss = lossOf(value);
      const trainable = parameters.filter((parameter) => parameter.trainable);
      const sources = trainable.map((parameter) => parameter.value);
      const tables = trainable.filter(({ sparseGradient }) => sparse && sparseGradient);
      const found = tape.gradient(loss, sources, {
        unconnected: 'null',
        sparse: tables.map((parameter) => parameter.value),
        ...(onGradient !== undefined && { onGradient: byParameter(trainable, onGradient) }),
      });
      const gradients = new Map<Parameter, Gradient>();
      trainable.forEach((parameter, i) => {
        const gradient = found[i];
        if (gradient !== undefined && gradient !== null) gradients.set(parameter, gradient);
        else if (unconnected === 'throw') throw notConnected(parameter);
      });
      return { value, gradients };
    }),
  );
}

/**
 * The gradient of a scalar function of one tensor: `grad(f)(x)` is df/dx at `x`.
 *
 * `grad(grad(f))` is the second derivative of a function of a scalar.
 *
 * @throws GradientError when `f(x)` is not a scalar or does not depend on `x`.
 */
export function grad(fn: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) =>
    tidy(() =>
      withTape((tape) => {
        tape.watch(x);
        const loss = lossOf(tape.record(() => fn(x)));
        const [dx] = tape.gradient(loss, [x]);
        if (dx === undefined) throw new GradientError('grad: no gradient was computed.');
        return dx;
      }),
    );
}

/** What `vjp` returns: a value, and the function that pulls gradients back through it. */
export interface Vjp {
  readonly value: Tensor;
  /** dᵀJ for each primal: maps d(loss)/d(value) to d(loss)/d(primal). May be called repeatedly. */
  pullback(dy: Tensor): Tensor[];
  /** Frees what the pullback holds (not the value). */
  dispose(): void;
}

/**
 * The vector-Jacobian product of `fn` at `primals`: its value, and a function from d(loss)/d(value)
 * to d(loss)/d(primal). Dispose it when done.
 *
 * @see The interface of JAX's `jax.vjp`.
 */
export function vjp(fn: (...primals: Tensor[]) => Tensor, primals: readonly Tensor[]): Vjp {
  const tape = new GradientTape({ persistent: true });
  // Views with identities of their own: a tensor that is passed twice is two primals.
  const sources = primals.map((primal) => keep(reshape(primal, primal.shape)));
  const release = () => {
    tape.dispose();
    dispose(sources);
  };
  try {
    for (const source of sources) tape.watch(source);
    const value = tidy(() => tape.record(() => fn(...sources)));
    const target = keep(value.cloneHandle());
    sources.push(target);
    return {
      value,
      pullback: (dy) =>
        tidy(() => tape.gradient(target, sources.slice(0, -1), { outputGradient: dy })),
      dispose: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function lossOf(value: WithLoss): Tensor {
  const loss = value instanceof Tensor ? value : value.loss;
  if (loss.size === 1) return loss;
  throw new GradientError(
    argumentMessage({
      op: 'gradient',
      argument: 'loss',
      expected: 'a scalar',
      received: loss.shape,
      hint: 'Reduce it with mean() or sum().',
    }),
  );
}

/** Names the parameter whose value is the source. */
function byParameter(
  parameters: readonly Parameter[],
  onGradient: (parameter: Parameter, gradient: Gradient) => void,
): (source: Tensor, gradient: Gradient) => void {
  const owners = new Map(parameters.map((parameter) => [parameter.value.id, parameter]));
  return ({ id }, gradient) => {
    const parameter = owners.get(id);
    if (parameter !== undefined) onGradient(parameter, gradient);
  };
}

function notConnected({ name }: Parameter): GradientError {
  return new GradientError(
    `valueAndGrad: the loss does not depend on parameter ${name}. Use it in fn, set its trainable ` +
      "to false, or pass { unconnected: 'null' }.",
  );
}
