// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '@tapeloop/core';
import { checkRoot } from '../parallel/call.ts';
import type { Communicator } from '../parallel/communicator.ts';
import { CommunicatorError } from '../parallel/communicator-error.ts';
import { MpiCalls } from './mpi-calls.ts';
import { loadMpi, type MpiLibrary, type MpiOptions } from './mpi-library.ts';
import type { MpiRequest } from './mpi-thread.ts';
import { type MpiPlace, MpiThreadHandle } from './mpi-thread-handle.ts';

/**
 * A communicator of the processes of an MPI job, on one machine or many: `mpiexec -n 4 node train.js`.
 * Without `mpiexec` it is a group of one.
 *
 * MPI is called from a thread of its own, so that gradients travel while the backward pass goes on.
 * Leave that thread a core: MPI libraries wait by polling. Arrays in a `SharedArrayBuffer` go without a
 * copy. Whether arrays fit each other is MPI's to find out; not every library does.
 *
 * A process starts it once, and must not end before `close` or `abort`: `runMpi` sees to that.
 */
export class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** What the MPI library calls itself. */
  readonly version: string;
  readonly #thread: MpiThreadHandle;
  readonly #library: MpiLibrary;
  #closing: Promise<void> | undefined;

  /**
   * Loads the MPI library and starts it.
   *
   * @throws RuntimeError when koffi or the library is missing, or another MPI's `mpiexec` started the
   *   process; CommunicatorError when MPI does not start.
   */
  static async start(options: MpiOptions = {}): Promise<MpiCommunicator> {
    const library = await loadMpi(options);
    const thread = new MpiThreadHandle({ library: library.path });
    const place = await thread.place;
    checkLauncher(library, place);
    return new MpiCommunicator(library, thread, place);
  }

  private constructor(library: MpiLibrary, thread: MpiThreadHandle, { rank, size }: MpiPlace) {
    this.rank = rank;
    this.size = size;
    this.version = library.version;
    this.#library = library;
    this.#thread = thread;
  }

  /** True once `close` has been called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  async allReduce(values: Float32Array): Promise<void> {
    const shared = inSharedMemory(values);
    await this.#ask({ call: 'allReduce', values: shared });
    if (shared !== values) values.set(shared);
  }

  /** @throws ValueError when `root` is no rank. */
  async broadcast(bytes: Uint8Array, root = 0): Promise<void> {
    checkRoot(root, this.size);
    const shared = bytesInSharedMemory(bytes);
    await this.#ask({ call: 'broadcast', bytes: shared, root });
    if (shared !== bytes) bytes.set(shared);
  }

  async allGather(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>[]> {
    return [...(await this.#ask({ call: 'allGather', bytes: bytesInSharedMemory(bytes) }))];
  }

  async barrier(): Promise<void> {
    await this.#ask({ call: 'barrier' });
  }

  /** Ends MPI on this process. Waits for the other ranks to close theirs. */
  close(): Promise<void> {
    this.#closing ??= this.#thread.ask({ call: 'close' }).then(() => undefined);
    return this.#closing;
  }

  /** Ends every process of the job at once. Does not return. Not after `close`. */
  abort(exitCode = 1): never {
    new MpiCalls(this.#library).abort(exitCode);
    // MPI ends the process; should it not, the other ranks must not wait for this one.
    process.abort();
  }

  async #ask(request: MpiRequest): Promise<readonly Uint8Array<ArrayBuffer>[]> {
    if (!this.closed) return this.#thread.ask(request);
    throw new CommunicatorError(`${request.call}: the communicator has been closed.`);
  }
}

/** @throws RuntimeError when `mpiexec` says that there are more processes than the library sees. */
function checkLauncher({ path, version }: MpiLibrary, { size }: MpiPlace): void {
  const { OMPI_COMM_WORLD_SIZE, PMI_SIZE, SLURM_STEP_NUM_TASKS } = process.env;
  const said = OMPI_COMM_WORLD_SIZE ?? PMI_SIZE ?? SLURM_STEP_NUM_TASKS;
  if (said === undefined || Number(said) === size) return;
  throw new RuntimeError(
    `MPI: what starts the job must belong to the MPI library: it started ${said} processes, but ${path} ` +
      `(${version.split('\n')[0]}) sees ${size}. Name its own library by { library } or ` +
      'TAPELOOP_MPI_LIBRARY.',
  );
}

/** The array itself, or a copy that the other thread can see. */
function inSharedMemory(values: Float32Array): Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function bytesInSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}
