// SPDX-License-Identifier: Apache-2.0
import { CommunicatorError } from './communicator-error.ts';

/** Options of a `SharedBarrier`. */
export interface SharedBarrierOptions {
  /** Milliseconds that a rank waits for the others before it gives up. Default: for ever. */
  readonly timeout?: number | undefined;
}

/** Cells, of 32 bits each. */
const GENERATION = 0;
const ARRIVED = 1;
const BREAKERS = 2;
const REASON_RANK = 3;
const REASON_LENGTH = 4;
const CELLS = 5;

/** Lowest bit of the generation, whose other bits count the meetings. */
const BROKEN = 1;
const NEXT_GENERATION = 2;

const REASON_BYTES = 2000;
const NO_RANK = -1;

/**
 * Where the threads of a group wait for each other, asleep. Whoever sees that a rank will not come any
 * more breaks it: then nobody sleeps on, and nobody falls asleep again.
 *
 * The broken bit and the count of meetings are one word, so that a thread that has looked at both and
 * goes to sleep cannot miss a change of either.
 */
export class SharedBarrier {
  static readonly byteLength = CELLS * 4 + REASON_BYTES;

  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #reason: Uint8Array<SharedArrayBuffer>;
  readonly #size: number;
  readonly #timeout: number;

  /**
   * @param buffer its first `byteLength` bytes are the barrier's; zeros at first.
   * @param size number of threads that meet.
   */
  constructor(
    buffer: SharedArrayBuffer,
    size: number,
    { timeout = Number.POSITIVE_INFINITY }: SharedBarrierOptions = {},
  ) {
    this.#cells = new Int32Array(buffer, 0, CELLS);
    this.#reason = new Uint8Array(buffer, CELLS * 4, REASON_BYTES);
    this.#size = size;
    this.#timeout = timeout;
  }

  /**
   * Waits until all threads are here.
   *
   * @throws CommunicatorError when the barrier is broken before they are, or the time is up.
   */
  wait(): void {
    const seen = Atomics.load(this.#cells, GENERATION);
    if ((seen & BROKEN) !== 0) throw this.#brokenError();
    if (Atomics.add(this.#cells, ARRIVED, 1) === this.#size - 1) this.#release();
    else this.#sleepWhile(seen);
  }

  /** Lets no thread wait any longer: each throws such an error. Only the first one counts. */
  break({ message, rank = NO_RANK }: CommunicatorError): void {
    if (Atomics.add(this.#cells, BREAKERS, 1) > 0) return;
    const bytes = new TextEncoder().encode(message).subarray(0, REASON_BYTES);
    this.#reason.set(bytes);
    Atomics.store(this.#cells, REASON_RANK, rank);
    Atomics.store(this.#cells, REASON_LENGTH, bytes.length);
    Atomics.or(this.#cells, GENERATION, BROKEN);
    Atomics.notify(this.#cells, GENERATION);
  }

  #release(): void {
    Atomics.store(this.#cells, ARRIVED, 0);
    Atomics.add(this.#cells, GENERATION, NEXT_GENERATION);
    Atomics.notify(this.#cells, GENERATION);
  }

  #sleepWhile(seen: number): void {
    for (;;) {
      const now = Atomics.load(this.#cells, GENERATION);
      // Those who met have met, even when somebody has left since.
      if ((now & ~BROKEN) !== seen) return;
      if ((now & BROKEN) !== 0) throw this.#brokenError();
      if (Atomics.wait(this.#cells, GENERATION, now, this.#timeout) === 'timed-out') this.#giveUp();
    }
  }

  #giveUp(): never {
    const missing = this.#size - Atomics.load(this.#cells, ARRIVED);
    throw new CommunicatorError(
      `barrier: ${missing} of ${this.#size} ranks did not come within ${this.#timeout} ms.`,
    );
  }

  #brokenError(): CommunicatorError {
    const length = Atomics.load(this.#cells, REASON_LENGTH);
    const reason = new TextDecoder().decode(this.#reason.slice(0, length));
    const rank = Atomics.load(this.#cells, REASON_RANK);
    return new CommunicatorError(reason, rank === NO_RANK ? undefined : rank);
  }
}
