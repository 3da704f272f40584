// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '@tapeloop/core';
import { abiOf, type MpiAbi } from './mpi-abi.ts';

/** Where to look for MPI. */
export interface MpiOptions {
  /**
   * Path or file name of the MPI library. Default: the environment variable `TAPELOOP_MPI_LIBRARY`, or
   * the one among the usual names on Linux that belongs to the `mpiexec` that started the process.
   */
  readonly library?: string | undefined;
}

/** A function of the library. */
export type MpiFunction = (...parameters: readonly unknown[]) => number;

/** A loaded MPI library. */
export interface MpiLibrary {
  readonly path: string;
  /** What it calls itself. */
  readonly version: string;
  readonly abi: MpiAbi;
  /** Looks up a function that returns an error code. @param types C types of its parameters. */
  lookUp(name: string, types: readonly string[]): MpiFunction;
}

/** Names of the shared libraries, by implementation. */
const names = {
  mpich: ['libmpich.so.12', 'libmpi.so.12'],
  standard: ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi_abi.so'],
  openMpi: ['libmpi.so.40'],
};

/** MPI's start-up code outgrows the stack that koffi gives a call at first. */
const STACK_BYTES = 8 * 2 ** 20;

/** Bytes of the longest text that any implementation says it writes. */
const LONGEST_TEXT = 8192;

/**
 * Loads koffi and the MPI library.
 *
 * @throws RuntimeError when koffi is not installed, or there is no MPI library, or it is one whose
 *   constants are not known.
 */
export async function loadMpi({
  library = process.env['TAPELOOP_MPI_LIBRARY'],
}: MpiOptions = {}): Promise<MpiLibrary> {
  const koffi = await importKoffi();
  koffi.config({ sync_stack_size: STACK_BYTES });
  const { path, handle } = loadFirst(koffi, library === undefined ? usualNames() : [library]);
  const lookUp = (name: string, types: readonly string[]): MpiFunction => {
    return handle.func(name, 'int', [...types]);
  };
  const version = readText(lookUp('MPI_Get_library_version', ['void *', 'void *']));
  const abi = abiOf(path, version, (symbol) => handle.symbol(symbol));
  if (abi !== undefined) return { path, version, abi, lookUp };
  throw new RuntimeError(
    `MPI: library must be MPICH, Open MPI or one of the standard ABI, got ${version}, from ${path}.`,
  );
}

/** Calls a function that writes a text and its length. */
export function readText(write: (text: Uint8Array, length: Int32Array) => number): string {
  const text = new Uint8Array(LONGEST_TEXT);
  const length = new Int32Array(1);
  write(text, length);
  const [first = ''] = new TextDecoder().decode(text.subarray(0, length[0])).split('\0');
  return first.trim();
}

type Koffi = typeof import('koffi');

async function importKoffi(): Promise<Koffi> {
  try {
    return await import('koffi');
  } catch (cause) {
    throw new RuntimeError(
      'MPI: the package koffi must be installed: it calls the MPI library. Run `npm install koffi`.',
      { cause },
    );
  }
}

function loadFirst(koffi: Koffi, candidates: readonly string[]) {
  const reasons: string[] = [];
  for (const path of candidates) {
    try {
      // Open MPI loads parts of itself later; they look for the symbols of the first.
      return { path, handle: koffi.load(path, { global: true }) };
    } catch (error) {
      reasons.push(`${path} (${error instanceof Error ? error.message : error})`);
    }
  }
  throw new RuntimeError(
    `MPI: no MPI library was found; tried ${reasons.join(', ')}. Install MPICH or Open MPI, or name ` +
      'the library by { library } or TAPELOOP_MPI_LIBRARY.',
  );
}

/** The names of the implementation first whose `mpiexec` started this process. */
function usualNames(): readonly string[] {
  const isOpenMpi = process.env['OMPI_COMM_WORLD_SIZE'] !== undefined;
  const { mpich, standard, openMpi } = names;
  return isOpenMpi ? [...openMpi, ...standard, ...mpich] : [...mpich, ...openMpi, ...standard];
}
