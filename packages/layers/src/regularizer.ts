// SPDX-License-Identifier: Apache-2.0
import {
  abs,
  add,
  argumentMessage,
  mul,
  square,
  sum,
  type Tensor,
  ValueError,
} from '@tapeloop/core';

/** A penalty on a weight: a scalar that `Module.regularizationLoss` adds up. */
export interface Regularizer {
  (weight: Tensor): Tensor;
  /** How a config names it; absent in functions of users, which no config can hold. */
  readonly saved?: SavedRegularizer;
}

/** A regularizer as JSON can hold it. */
export interface SavedRegularizer {
  readonly name: string;
  readonly options?: Readonly<Record<string, number>>;
}

/** The factors of a penalty; a config keeps those that its name has. */
type Factors = { readonly l1?: number; readonly l2?: number };

/** `l1 · Σ |w|`. @param l1 default 0.01, as Keras. */
function l1Penalty({ l1 = 0.01 }: { readonly l1?: number } = {}): Regularizer {
  return penalty('l1', { l1 });
}

/** `l2 · Σ w²`, without the ½ that weight decay has in some texts. @param l2 default 0.01, as Keras. */
function l2Penalty({ l2 = 0.01 }: { readonly l2?: number } = {}): Regularizer {
  return penalty('l2', { l2 });
}

/** `l1 · Σ |w| + l2 · Σ w²`. Both default to 0, as Keras. */
function l1l2Penalty({ l1 = 0, l2 = 0 }: Factors = {}): Regularizer {
  return penalty('l1l2', { l1, l2 });
}

/**
 * The regularizers by name, with Keras's defaults: `regularizers.l2({ l2: 1e-4 })`.
 *
 * @throws ValueError when a factor is not a finite number of at least 0.
 * @see Keras's `L1`, `L2` and `L1L2`.
 */
export const regularizers = { l1: l1Penalty, l2: l2Penalty, l1l2: l1l2Penalty } as const;

/** A name in `regularizers`. */
export type RegularizerName = keyof typeof regularizers;

/** How a layer's option gives a regularizer: a name, a function, what a config holds, or none. */
export type RegularizerLike = RegularizerName | Regularizer | SavedRegularizer | null | undefined;

/** The regularizer that an option means. @throws ValueError for an unknown name. */
export function toRegularizer(op: string, regularizer: RegularizerLike): Regularizer | undefined {
  if (regularizer === null || regularizer === undefined) return undefined;
  if (typeof regularizer === 'function') return regularizer;
  const { name, options } = typeof regularizer === 'string' ? { name: regularizer } : regularizer;
  const factories: Readonly<Record<string, (options?: Record<string, number>) => Regularizer>> =
    regularizers;
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  if (factory !== undefined) return factory(options);
  const expected = `one of ${Object.keys(regularizers).join(', ')}`;
  throw new ValueError(argumentMessage({ op, argument: 'regularizer', expected, received: name }));
}

/** A regularizer for a config, `null` for none. @throws ValueError for a function without a name. */
export function savedRegularizer(
  op: string,
  regularizer: Regularizer | undefined,
): SavedRegularizer | null {
  if (regularizer === undefined) return null;
  if (regularizer.saved !== undefined) return regularizer.saved;
  throw new ValueError(
    `${op}: getConfig: a config cannot hold a regularizer that is a function of your own. Use one ` +
      'of the named ones, or save the model without its config.',
  );
}

function penalty(name: RegularizerName, options: Factors): Regularizer {
  const { l1 = 0, l2 = 0 } = options;
  for (const [argument, received] of Object.entries(options)) {
    if (Number.isFinite(received) && received >= 0) continue;
    const expected = 'a finite number of at least 0';
    throw new ValueError(argumentMessage({ op: name, argument, expected, received }));
  }
  const parts: ((weight: Tensor) => Tensor)[] = [];
  if (l1 !== 0 || l2 === 0) parts.push((weight) => mul(sum(abs(weight)), l1));
  if (l2 !== 0) parts.push((weight) => mul(sum(square(weight)), l2));
  const apply = (weight: Tensor) => parts.map((part) => part(weight)).reduce((a, b) => add(a, b));
  return Object.assign(apply, { saved: { name, options } });
}
