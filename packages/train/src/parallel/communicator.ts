// SPDX-License-Identifier: Apache-2.0

/**
 * What the processes of one training run say to each other. Every rank must make the same calls in the
 * same order; `allReduce` and `broadcast` with arrays of the same length.
 *
 * Calls may overlap: they are served in the order in which they were made. The caller leaves the array
 * alone until the promise is kept. After a call has failed the group is out of step, and every later
 * call fails with the same error.
 *
 * @see The collective operations of MPI-3.1, chapter 5, by whose names these go.
 */
export interface Communicator {
  /** This process's number, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;

  /**
   * Adds the arrays of all ranks, element by element, in place. Every rank gets the same bits, and for
   * a fixed `size` the same bits run after run.
   *
   * Staging memory that is a `SharedArrayBuffer` spares some communicators a copy.
   */
  allReduce(values: Float32Array): Promise<void>;

  /** Overwrites the bytes of every rank with those of rank `root`. Default 0. */
  broadcast(bytes: Uint8Array, root?: number): Promise<void>;

  /** The bytes of every rank, by rank; the lengths may differ. */
  allGather(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>[]>;

  /** Waits until every rank is here. */
  barrier(): Promise<void>;

  /** Takes leave of the others, after the calls made so far. Closing twice is allowed. */
  close(): Promise<void>;
}
