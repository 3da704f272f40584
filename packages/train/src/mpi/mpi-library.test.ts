// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { abiOf } from './mpi-abi.ts';
import { run } from './mpi-installations-testing.ts';
import { loadMpi } from './mpi-library.ts';

const noSymbol = (symbol: string): bigint => {
  throw new Error(`no symbol ${symbol}`);
};

describe('abiOf', () => {
  it.each([
    ['MPICH Version:\t4.0.2'],
    ['Intel(R) MPI Library 2021.13 for Linux* OS'],
    ['MVAPICH2 Version      :\t2.3.7'],
    ['MPI VERSION    : CRAY MPICH version 8.1.28'],
  ])('knows %s by integers', (version) => {
    expect(abiOf('libmpi.so.12', version, noSymbol)?.commWorld).toBe(0x44000000);
  });

  it('knows Open MPI by the addresses of its objects', () => {
    const symbols: string[] = [];
    const abi = abiOf('libmpi.so.40', 'Open MPI v4.1.4', (symbol) => BigInt(symbols.push(symbol)));
    expect(symbols).toEqual([
      'ompi_mpi_comm_world',
      'ompi_mpi_float',
      'ompi_mpi_byte',
      'ompi_mpi_op_sum',
      'ompi_mpi_errors_return',
    ]);
    expect(abi).toMatchObject({ handle: 'void *', commWorld: 1n, errorsReturn: 5n });
  });

  it('knows the standard ABI by its file, whoever made it', () => {
    expect(abiOf('/opt/lib/libmpi_abi.so.1', 'MPICH Version: 5.0.2', noSymbol)).toMatchObject({
      handle: 'void *',
      commWorld: 0x101n,
    });
  });

  it('knows no other', () => {
    expect(abiOf('libmpi.so', 'Somebody MPI 1.0', noSymbol)).toBeUndefined();
  });
});

describe('loadMpi', () => {
  it('says what it tried when there is no library, and what to do', async () => {
    await expect(loadMpi({ library: 'libno-mpi.so' })).rejects.toThrow(
      /^MPI: no MPI library was found; tried libno-mpi\.so \(.+\)\. Install MPICH or Open MPI, or name the library by \{ library \} or TAPELOOP_MPI_LIBRARY\.$/,
    );
  });

  it('says what to install when koffi is missing', async () => {
    const withoutKoffi = `
      import { registerHooks } from 'node:module';
      const resolve = (name, context, next) => next(name === 'koffi' ? 'no-koffi' : name, context);
      registerHooks({ resolve });
      const { loadMpi } = await import(process.argv[1]);
      await loadMpi();`;
    const library = new URL('./mpi-library.ts', import.meta.url).href;
    const { stderr } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      withoutKoffi,
      library,
    ]);
    expect(stderr).toContain(
      'RuntimeError: MPI: the package koffi must be installed: it calls the MPI library. Run `npm ' +
        'install koffi`.',
    );
  });
});
