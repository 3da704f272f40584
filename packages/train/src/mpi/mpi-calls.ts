// SPDX-License-Identifier: Apache-2.0
import { CommunicatorError } from '../parallel/communicator-error.ts';
import { pieces } from '../parallel/rank-segments.ts';
import { type MpiFunction, type MpiLibrary, readText } from './mpi-library.ts';

/** Bytes of one broadcast: counts are C ints. */
const BROADCAST_BYTES = 2 ** 30;
const LARGEST_INT = 2 ** 31 - 1;

/** C types of the parameters of the functions that are called. */
const signatures = {
  MPI_Init_thread: ['void *', 'void *', 'int', 'void *'],
  MPI_Comm_set_errhandler: ['handle', 'handle'],
  MPI_Comm_rank: ['handle', 'void *'],
  MPI_Comm_size: ['handle', 'void *'],
  MPI_Allreduce: ['void *', 'void *', 'int', 'handle', 'handle', 'handle'],
  MPI_Bcast: ['void *', 'int', 'handle', 'int', 'handle'],
  MPI_Allgather: ['void *', 'int', 'handle', 'void *', 'int', 'handle', 'handle'],
  MPI_Allgatherv: ['void *', 'int', 'handle', 'void *', 'void *', 'void *', 'handle', 'handle'],
  MPI_Barrier: ['handle'],
  MPI_Finalize: [],
  MPI_Abort: ['handle', 'int'],
  MPI_Error_string: ['int', 'void *', 'void *'],
} as const;

type FunctionName = keyof typeof signatures;

/**
 * Calls of MPI, on all processes of a job. Each blocks its thread until it is done.
 *
 * @throws CommunicatorError with MPI's own words when a call fails.
 */
export class MpiCalls {
  readonly #library: MpiLibrary;
  readonly #functions = new Map<FunctionName, MpiFunction>();

  constructor(library: MpiLibrary) {
    this.#library = library;
  }

  /** Starts MPI: one thread of a process may, once. */
  start(): { readonly rank: number; readonly size: number } {
    const { commWorld, errorsReturn, threadMultiple } = this.#library.abi;
    this.#call('MPI_Init_thread', null, null, threadMultiple, new Int32Array(1));
    this.#call('MPI_Comm_set_errhandler', commWorld, errorsReturn);
    const place = new Int32Array(2);
    this.#call('MPI_Comm_rank', commWorld, place);
    this.#call('MPI_Comm_size', commWorld, place.subarray(1));
    const [rank = 0, size = 1] = place;
    return { rank, size };
  }

  /** Adds the arrays of all ranks, in place. */
  allReduce(values: Float32Array): void {
    const { inPlace, float, sum, commWorld } = this.#library.abi;
    this.#call('MPI_Allreduce', inPlace, values, values.length, float, sum, commWorld);
  }

  /** Overwrites the bytes of all ranks with those of `root`. */
  broadcast(bytes: Uint8Array, root: number): void {
    const { byte, commWorld } = this.#library.abi;
    for (const { start, end } of pieces(bytes.length, BROADCAST_BYTES)) {
      this.#call('MPI_Bcast', bytes.subarray(start, end), end - start, byte, root, commWorld);
    }
  }

  /**
   * The bytes of all ranks, by rank.
   *
   * @throws CommunicatorError when they are 2 GiB or more in all.
   */
  allGather(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer>[] {
    const lengths = this.#gatherLengths(bytes.length, size);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total > LARGEST_INT) {
      throw new CommunicatorError(
        `allGather: bytes must be fewer than 2 GiB over all ranks, got ${total}. Gather less at a time.`,
      );
    }
    const starts = lengths.map((_, rank) => {
      return lengths.slice(0, rank).reduce((sum, length) => sum + length, 0);
    });
    const all = new Uint8Array(total);
    const { byte, commWorld } = this.#library.abi;
    const [counts, displacements] = [Int32Array.from(lengths), Int32Array.from(starts)];
    const received = [all, counts, displacements, byte] as const;
    this.#call('MPI_Allgatherv', bytes, bytes.length, byte, ...received, commWorld);
    return lengths.map((length, rank) => all.slice(starts[rank], (starts[rank] ?? 0) + length));
  }

  /** Waits for all ranks. */
  barrier(): void {
    this.#call('MPI_Barrier', this.#library.abi.commWorld);
  }

  /** Ends MPI on this process, once all others end it too. */
  finish(): void {
    this.#call('MPI_Finalize');
  }

  /** Ends all processes of the job, this one included; any thread may, at any time. */
  abort(exitCode: number): void {
    this.#call('MPI_Abort', this.#library.abi.commWorld, exitCode);
  }

  #gatherLengths(length: number, size: number): number[] {
    const { byte, commWorld } = this.#library.abi;
    const own = Float64Array.of(length);
    const all = new Float64Array(size);
    const { BYTES_PER_ELEMENT: bytes } = own;
    this.#call('MPI_Allgather', own, bytes, byte, all, bytes, byte, commWorld);
    return [...all];
  }

  #call(name: FunctionName, ...parameters: readonly unknown[]): void {
    const code = this.#function(name)(...parameters);
    if (code === 0) return;
    const explain = this.#function('MPI_Error_string');
    const reason = readText((text, length) => explain(code, text, length));
    throw new CommunicatorError(`${name} failed: ${reason}`);
  }

  #function(name: FunctionName): MpiFunction {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const { abi, lookUp } = this.#library;
    const types = signatures[name].map((type) => (type === 'handle' ? abi.handle : type));
    const found = lookUp(name, types);
    this.#functions.set(name, found);
    return found;
  }
}
