// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { init, type RuntimeInfo } from '@tapeloop/core';
import { beforeEach, expect, it, vi } from 'vitest';
import { asRanks, settled } from './in-process-testing.ts';
import { initInTurn } from './init-in-turn.ts';

vi.mock(import('@tapeloop/core'), async (original) => ({ ...(await original()), init: vi.fn() }));

const info: RuntimeInfo = { kernels: 'relaxed', wide: true, tfjs: '4.22.0' };

/** The inits that began and ended, by the option that tells the ranks apart. */
const log: string[] = [];

/** The lower the rank, the longer its init takes. */
beforeEach(() => {
  log.length = 0;
  vi.mocked(init).mockImplementation(async ({ wasmPaths } = {}) => {
    log.push(`${wasmPaths} begins`);
    await sleep(30 - 10 * Number(wasmPaths));
    log.push(`${wasmPaths} ends`);
    return info;
  });
});

it('starts each rank after the one before it has ended; nobody goes on before all have', async () => {
  await asRanks(3, async (communicator) => {
    await initInTurn(communicator, { wasmPaths: String(communicator.rank) });
    log.push('goes on');
  });
  expect(log).toEqual([
    ...['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends'],
    ...['goes on', 'goes on', 'goes on'],
  ]);
});

it('throws what init throws, and lets no other rank wait', async () => {
  vi.mocked(init).mockImplementation(async ({ wasmPaths } = {}) => {
    if (wasmPaths === '1') throw new TypeError('no kernels here');
    return info;
  });
  const outcomes = await asRanks(3, (communicator) => {
    return settled(initInTurn(communicator, { wasmPaths: String(communicator.rank) }));
  });
  const left = 'CommunicatorError: rank 1 has closed its communicator';
  expect(outcomes).toEqual([left, 'TypeError: no kernels here', left]);
});
