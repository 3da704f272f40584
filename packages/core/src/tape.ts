// SPDX-License-Identifier: Apache-2.0
import { backward } from './backward.ts';
import { DisposedError, GradientError } from './errors.ts';
import type { Gradient } from './indexed-slices.ts';
import { type Recorder, type Recording, recordWith, recordWithout } from './recording.ts';
import { releaseSaved, type TapeNode, tapeNode } from './tape-node.ts';
import type { Tensor } from './tensor.ts';

/** Options of `GradientTape.gradient`. */
export interface GradientOptions {
  /** d(loss)/d(target), of the target's shape; default ones. */
  readonly outputGradient?: Tensor;
  /** What to do for a source that the target does not depend on; default `throw`. */
  readonly unconnected?: 'throw' | 'null';
  /**
   * Sources whose gradient may come as `IndexedSlices`, which it does when the target uses them in
   * `gather` along their first axis only, and no outer tape records. Default none.
   */
  readonly sparse?: readonly Tensor[];
  /**
   * Called with each source's gradient as soon as nothing can be added to it any more, while the rest
   * is still being computed: to send it to other machines meanwhile, say. The gradient is the tape's:
   * read it, and neither keep, change nor dispose it.
   */
  readonly onGradient?: (source: Tensor, gradient: Gradient) => void;
}

/** Options with `sparse` given, so that gradients may be slices. */
type SparseOptions = GradientOptions & { readonly sparse: readonly Tensor[] };

/**
 * Records the ops that run on watched tensors, in order, and differentiates through them backward.
 * Parameters are watched by themselves.
 *
 * A tape keeps what its rules will need alive and frees it as backward passes; a tape that is never
 * differentiated must be disposed. `persistent` tapes can be differentiated more than once and free
 * everything at `dispose()`.
 *
 * Tapes nest: the gradient computed from an inner tape is itself recorded by an outer one.
 *
 * @example
 * const tape = new GradientTape();
 * tape.watch(x);
 * const y = tape.record(() => square(x));
 * const [dx] = tape.gradient(y, [x]);
 *
 * @see The interface of TensorFlow's `tf.GradientTape`, with `record(fn)` for its `with` block.
 */
export class GradientTape implements Recorder {
  readonly #persistent: boolean;
  readonly #nodes: TapeNode[] = [];
  readonly #watched = new Set<number>();
  #state: 'open' | 'used' | 'disposed' = 'open';

  constructor({ persistent = false }: { readonly persistent?: boolean } = {}) {
    this.#persistent = persistent;
  }

  /** Number of ops recorded. */
  get length(): number {
    return this.#nodes.length;
  }

  /** Follows a tensor from here on. @throws GradientError for a dtype other than float32. */
  watch(tensor: Tensor): void {
    this.#assertOpen('watch');
    if (tensor.dtype !== 'float32') {
      throw new GradientError(
        `watch: tensor must be float32, got ${tensor.dtype}. Only float32 has gradients.`,
      );
    }
    this.#watched.add(tensor.id);
  }

  /** Runs `fn` and records its ops. Returns its result. May be called again to record more. */
  record<T>(fn: () => T): T {
    this.#assertOpen('record');
    return recordWith(this, fn);
  }

  /** Runs `fn`, inside `record`, unseen by this tape. */
  stopRecording<T>(fn: () => T): T {
    return recordWithout(this, fn);
  }

  /**
   * d(target)/d(source) for each source, in their order. For a target that is not a scalar, the
   * gradient of the sum of its elements, or of its product with `outputGradient`.
   *
   * @throws GradientError when the target does not depend on a source (unless `unconnected` is
   *   `'null'`), when an op on the way has no derivative, or when a saved value was changed since.
   */
  gradient(
    target: Tensor,
    sources: readonly Tensor[],
    options: SparseOptions & { readonly unconnected: 'null' },
  ): (Gradient | null)[];
  gradient(target: Tensor, sources: readonly Tensor[], options: SparseOptions): Gradient[];
  gradient(
    target: Tensor,
    sources: readonly Tensor[],
    options: GradientOptions & { readonly unconnected: 'null' },
  ): (Tensor | null)[];
  gradient(target: Tensor, sources: readonly Tensor[], options?: GradientOptions): Tensor[];
  gradient(
    target: Tensor,
    sources: readonly Tensor[],
    options: GradientOptions = {},
  ): (Gradient | null)[] {
    this.#assertOpen('gradient');
    if (!this.#persistent) this.#state = 'used';
    try {
      return recordWithout(this, () =>
        backward({ nodes: this.#nodes, target, sources, keepSaved: this.#persistent, ...options }),
      );
    } finally {
      if (!this.#persistent) this.#release();
    }
  }

  /** Frees everything the tape holds. */
  dispose(): void {
    this.#release();
    this.#state = 'disposed';
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** True when gradients flow to this tensor: it is watched or came from what is. */
  isWatching(tensor: Tensor): boolean {
    return this.#watched.has(tensor.id) || tensor.isTrainable;
  }

  /** Called for each op that ran: records it when it has to do with a watched tensor. */
  observe(recording: Recording): void {
    const { inputs, outputs } = recording;
    if (!inputs.some((input) => this.isWatching(input))) return;
    const differentiable = outputs.filter((output) => output.dtype === 'float32');
    if (differentiable.length === 0) return;
    for (const output of differentiable) this.#watched.add(output.id);
    this.#nodes.push(tapeNode(recording));
  }

  #release(): void {
    for (const node of this.#nodes) releaseSaved(node);
    this.#nodes.length = 0;
    this.#watched.clear();
  }

  #assertOpen(method: string): void {
    if (this.#state === 'disposed') {
      throw new DisposedError(`${method}: the tape was disposed. Make a new GradientTape.`);
    }
    if (this.#state === 'used') {
      throw new GradientError(
        `${method}: the tape was already differentiated and has freed what it held. ` +
          'Make a new one for each step, or pass { persistent: true }.',
      );
    }
  }
}
