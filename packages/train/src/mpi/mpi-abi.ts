// SPDX-License-Identifier: Apache-2.0

/** A handle of MPI as a call takes it. */
export type MpiHandle = number | bigint;

/**
 * What an implementation's header defines and its library does not tell: the type of handles, and the
 * values of constants.
 */
export interface MpiAbi {
  /** C type of a handle. */
  readonly handle: 'int' | 'void *';
  readonly commWorld: MpiHandle;
  readonly float: MpiHandle;
  readonly byte: MpiHandle;
  readonly sum: MpiHandle;
  readonly errorsReturn: MpiHandle;
  /** Says that the result takes the place of the input. */
  readonly inPlace: bigint;
  /** The level of thread support at which any thread may call at any time. */
  readonly threadMultiple: number;
}

/** Of MPICH, and of its kin: Intel MPI, MVAPICH, Cray MPICH. Handles are integers. */
const mpich: MpiAbi = {
  handle: 'int',
  commWorld: 0x44000000,
  float: 0x4c00040a,
  byte: 0x4c00010d,
  sum: 0x58000003,
  errorsReturn: 0x54000001,
  inPlace: -1n,
  threadMultiple: 3,
};

/** Of MPI 5.0, section 20: small numbers in the place of pointers. */
const standard: MpiAbi = {
  handle: 'void *',
  commWorld: 0x101n,
  float: 0x210n,
  byte: 0x247n,
  sum: 0x21n,
  errorsReturn: 0x143n,
  inPlace: 1n,
  threadMultiple: 4096,
};

/** Of Open MPI: handles are the addresses of objects in its library. */
function openMpi(address: (symbol: string) => bigint): MpiAbi {
  return {
    handle: 'void *',
    commWorld: address('ompi_mpi_comm_world'),
    float: address('ompi_mpi_float'),
    byte: address('ompi_mpi_byte'),
    sum: address('ompi_mpi_op_sum'),
    errorsReturn: address('ompi_mpi_errors_return'),
    inPlace: 1n,
    threadMultiple: 3,
  };
}

/**
 * The ABI of a library; `undefined` when it is not one of these.
 *
 * @param path a file named `libmpi_abi…` has the standard's, whoever made it.
 * @param version what `MPI_Get_library_version` tells.
 * @param address looks up a symbol of the library.
 */
export function abiOf(
  path: string,
  version: string,
  address: (symbol: string) => bigint,
): MpiAbi | undefined {
  if (path.includes('mpi_abi')) return standard;
  if (version.includes('Open MPI')) return openMpi(address);
  return /MPICH|Intel\(R\) MPI|MVAPICH/i.test(version) ? mpich : undefined;
}
