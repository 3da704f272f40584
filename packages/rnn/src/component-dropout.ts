// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  customGradient,
  DTypeError,
  dropout,
  dropoutMask,
  mul,
  type Seed,
  type Shape,
  ShapeError,
  sameShape,
  showShape,
  Tensor,
  ValueError,
  zerosLike,
} from '@tapeloop/core';
import type { RandomSource } from '@tapeloop/layers';
import type { Component } from './component-seed.ts';
import { ComponentSources } from './component-sources.ts';
import type { CheckedProbability } from './keep-probability.ts';
import type { MaskStore } from './mask-store.ts';
import { checkSameLevel, entriesOf, withChildren } from './nest.ts';
import type { SequencePlan } from './sequence.ts';
import { countSizes, dimensionsOf, type SizeTree } from './size.ts';
import type { FilterTree } from './state-filter.ts';

/** What a component's dropout is made of. */
export interface ComponentDropoutOptions {
  /** Who it belongs to, for errors. */
  readonly op: string;
  readonly component: Component;
  readonly keepProbability: CheckedProbability;
  readonly seed: Seed | undefined;
  /** Sizes of the component's leaves; `undefined` where they are not known. */
  readonly size: SizeTree | undefined;
  /** One mask for all steps of a run. */
  readonly variational: boolean;
  /** A mask for each row instead of one for all rows; only with `variational`. */
  readonly maskPerExample: boolean;
}

/** Random numbers that one draw takes at least. */
const WORDS_PER_BLOCK = 4;

interface Walk {
  readonly keepProbability: number;
  readonly masks: MaskStore;
  /** The number of the next leaf. */
  index: number;
}

/**
 * Dropout of one component of a cell, leaf by leaf: an element is kept with the keep probability `p`
 * and scaled by `1 / p`. Every leaf has a random source of its own, so that no component disturbs
 * another.
 */
export class ComponentDropout {
  readonly #options: ComponentDropoutOptions;
  readonly #sources: ComponentSources;

  constructor(options: ComponentDropoutOptions) {
    this.#options = options;
    this.#sources = new ComponentSources(options.op, options.component, options.seed);
    const leaves = options.size === undefined ? 1 : countSizes(options.op, options.size);
    for (let index = 0; index < leaves; index++) this.#sources.source(index);
  }

  /** The random sources by component and leaf, such as `state_1`. */
  get sources(): ReadonlyMap<string, RandomSource> {
    return this.#sources.made;
  }

  /** True when nothing is ever dropped. */
  get keepsAll(): boolean {
    return this.#options.keepProbability.constant === 1;
  }

  /** The keep probability for a config. @throws ValueError when it is a function. */
  constantKeepProbability(): number {
    const { op, component, keepProbability } = this.#options;
    if (keepProbability.given !== undefined) return keepProbability.given;
    throw new ValueError(
      `${op}: getConfig: a config cannot hold ${component}KeepProb, which is a function.`,
    );
  }

  /**
   * `value` with its leaves dropped, but those that the filter spares; itself when `p` is 1, without
   * a draw.
   *
   * Leaves are numbered, for their seeds, as upstream does: over the sizes in variational mode, else
   * over the filter, where a part that is spared counts as one.
   *
   * @throws DTypeError for a leaf that is not float32; in variational mode TypeError or ValueError
   *   when the value is nested otherwise than the sizes, ShapeError when a leaf has another size.
   */
  apply<T>(value: T, masks: MaskStore, filter?: () => FilterTree): T;
  apply(value: unknown, masks: MaskStore, filter: () => FilterTree = () => true): unknown {
    const keepProbability = this.#options.keepProbability.read();
    if (keepProbability === 1) return value;
    const { size } = this.#options;
    return this.#walk(value, filter(), size, { keepProbability, masks, index: 0 });
  }

  /**
   * Whether the methods for whole sequences draw what `apply` draws step by step. Each draw of
   * ordinary mode takes whole blocks of four numbers, so a step must fill its last block.
   */
  canApplyToSequence({ batch, isMasked, goBackwards }: SequencePlan, width: number): boolean {
    const { keepProbability, seed, variational } = this.#options;
    const { constant } = keepProbability;
    if (constant === undefined || dropsAll(constant)) return false;
    if (constant === 1 || variational) return true;
    // An operation of TensorFlow leaves a gap after each step's numbers.
    if (typeof seed === 'object') return false;
    return !isMasked && !goBackwards && (batch * width) % WORDS_PER_BLOCK === 0;
  }

  /** `apply` to all steps of a sequence `[time, batch, width]` of one leaf. */
  applyToSequence<T>(value: T, masks: MaskStore): T;
  applyToSequence(value: unknown, masks: MaskStore): unknown {
    const { op, component } = this.#options;
    const keepProbability = this.#options.keepProbability.read();
    if (keepProbability === 1) return value;
    const x = checkLeaf(op, component, value);
    if (this.#options.variational) return mul(x, this.sequenceMask(0, x.shape, masks) ?? 1);
    return dropout(x, 1 - keepProbability, { stream: this.#sources.stream(0) });
  }

  /** The factors of one leaf for all steps of a sequence `[time, batch, width]`, if it is dropped. */
  sequenceMask(index: number, shape: Shape, masks: MaskStore): Tensor | undefined {
    const keepProbability = this.#options.keepProbability.read();
    if (keepProbability === 1) return undefined;
    const { component, variational, maskPerExample } = this.#options;
    const stream = () => this.#sources.stream(index);
    if (!variational) return dropoutMask(shape, 1 - keepProbability, { stream: stream() });
    const [, batch = 1, width = 1] = shape;
    const maskShape = [maskPerExample ? batch : 1, width];
    return masks.mask(`${component}_${index}`, maskShape, keepProbability, stream);
  }

  #walk(node: unknown, filter: FilterTree, size: SizeTree | undefined, walk: Walk): unknown {
    const { op, component, variational } = this.#options;
    if (filter === false) {
      walk.index += variational ? countSizes(op, size) : 1;
      return node;
    }
    const entries = entriesOf(node);
    if (entries === undefined) return this.#drop(node, size, walk);
    // Cells of Keras's style return a list of one state where `stateSize` is a single size.
    const isListOfOne = entries.length === 1 && dimensionsOf(size) !== undefined;
    if (variational && !isListOfOne) checkSameLevel(op, `${component}Size`, size, node);
    const sizes = isListOfOne ? [['0', size] as const] : entriesOf(size);
    const filters = filter === true ? undefined : entriesOf(filter);
    return withChildren(
      node,
      entries.map(([, child], i) => {
        const childFilter = filters === undefined ? true : filters[i]?.[1];
        return this.#walk(child, childFilter, sizes?.[i]?.[1], walk);
      }),
    );
  }

  #drop(leaf: unknown, size: SizeTree | undefined, walk: Walk): Tensor {
    const { op, component, variational } = this.#options;
    const index = walk.index++;
    const x = checkLeaf(op, component, leaf);
    if (dropsAll(walk.keepProbability)) return dropAll(x);
    const stream = () => this.#sources.stream(index);
    if (!variational) return dropout(x, 1 - walk.keepProbability, { stream: stream() });
    const shape = this.#maskShape(x, size);
    return mul(x, walk.masks.mask(`${component}_${index}`, shape, walk.keepProbability, stream));
  }

  #maskShape(x: Tensor, size: SizeTree | undefined): Shape {
    const { op, component, maskPerExample } = this.#options;
    const dimensions = dimensionsOf(size);
    if (dimensions === undefined) {
      const expected = 'one size, as the value is one tensor';
      const argument = `${component}Size`;
      throw new TypeError(argumentMessage({ op, argument, expected, received: size }));
    }
    if (!sameShape(x.shape.slice(1), dimensions)) {
      throw new ShapeError(
        `${op}: ${component} must have the size [batch,${dimensions.join(',')}] that the ` +
          `variational mask is made for, got ${showShape(x.shape)}.`,
      );
    }
    return [maskPerExample ? (x.shape[0] ?? 1) : 1, ...dimensions];
  }
}

/** True where nothing is kept: there is no finite factor to keep by. */
function dropsAll(keepProbability: number): boolean {
  return 1 - keepProbability === 1;
}

/** Zeros, without a NaN where `x` has one or an infinity, and a gradient of zeros. */
const dropAll = customGradient(
  ([x]: readonly [Tensor]) => ({
    value: zerosLike(x),
    gradient: (dy) => [zerosLike(dy)],
  }),
  'dropAll',
);

function checkLeaf(op: string, component: Component, leaf: unknown): Tensor {
  const hint =
    component === 'state'
      ? 'Spare it with dropoutStateFilterVisitor.'
      : 'Only float32 tensors can be dropped.';
  if (!(leaf instanceof Tensor)) {
    const expected = 'a tensor';
    throw new ValueError(
      argumentMessage({ op, argument: component, expected, received: leaf, hint }),
    );
  }
  if (leaf.dtype === 'float32') return leaf;
  const received = leaf.dtype;
  const expected = 'of dtype float32';
  throw new DTypeError(argumentMessage({ op, argument: component, expected, received, hint }));
}
