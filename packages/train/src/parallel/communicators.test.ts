// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { itKeepsTheContract } from './contract-suite-testing.ts';
import { type Outcome, runContract, slotBytes } from './contract-testing.ts';
import { runWorkers } from './node-workers.ts';
import { SingleProcess } from './single-process.ts';

const transports = ['shared', 'messages'] as const;
const worker = new URL('./contract-worker-testing.ts', import.meta.url);

function runThreads(transport: (typeof transports)[number], count: number): Promise<Outcome[]> {
  return runWorkers<null, never, Outcome>(worker, { count, data: null, transport, slotBytes });
}

describe('SingleProcess', () => {
  itKeepsTheContract(1, async () => [await runContract(new SingleProcess())]);

  it('refuses a root that is no rank', async () => {
    await expect(new SingleProcess().broadcast(new Uint8Array(1), 1)).rejects.toThrow(
      'broadcast: root must be a rank in [0, 1), got 1.',
    );
  });
});

describe.each(transports)('threads with transport %s', (transport) => {
  describe.each([1, 2, 3, 4])('%i ranks', (size) => {
    itKeepsTheContract(size, () => runThreads(transport, size));
  });
});

it('adds to the same bits through shared memory and through messages', async () => {
  const [shared, messages] = await Promise.all(transports.map((each) => runThreads(each, 3)));
  expect(messages?.map(({ sums }) => sums)).toEqual(shared?.map(({ sums }) => sums));
});
