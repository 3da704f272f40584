// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeTo } from '@tapeloop/core/testing';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { runWorkers } from './node-workers.ts';
import type { ReplicaResult } from './replica-testing.ts';
import type { ThreadPlan } from './replica-worker-testing.ts';
import type { LinkOptions } from './worker-links.ts';

const module = new URL('./replica-worker-testing.ts', import.meta.url);

function train(count: number, data: ThreadPlan, links: Partial<LinkOptions> = {}) {
  return runWorkers<ThreadPlan, never, ReplicaResult>(module, { ...links, count, data });
}

async function trainFirst(...args: Parameters<typeof train>): Promise<ReplicaResult> {
  const [first] = await train(...args);
  if (first === undefined) throw new Error('no worker has told anything.');
  return first;
}

const plain = { steps: 30, outputKeep: 1 };
const dropped = { steps: 30, outputKeep: 0.7, batch: 4 };

describe('replicas', () => {
  it.each([2, 4])('%i workers of batch B learn what one of N·B does, to 1e-5', async (count) => {
    const alone = await trainFirst(1, { ...plain, batch: 8 });
    const together = await trainFirst(count, { ...plain, batch: 8 / count });
    closeTo(together.losses, alone.losses, { relative: 1e-5, absolute: 0 });
    closeTo([together.validation], [alone.validation], { relative: 1e-5, absolute: 0 });
    expect(alone.losses.at(-1)).toBeLessThan((alone.losses[0] ?? 0) / 1.1);
  });

  it.each(['shared', 'messages'] as const)('stay identical to the bit over %s', async (kind) => {
    const [first, ...others] = await train(3, { ...dropped, batch: 2 }, { transport: kind });
    for (const other of others) expect(other).toEqual(first);
  });

  it('of a fixed number have the same bits run after run, and over messages as in shared memory', async () => {
    const shared = await trainFirst(2, dropped, { transport: 'shared' });
    expect(await trainFirst(2, dropped, { transport: 'shared' })).toEqual(shared);
    const messages = await trainFirst(2, dropped, { transport: 'messages' });
    expect(messages.losses).toEqual(shared.losses);
    expect(messages.parameters).toEqual(shared.parameters);
  });

  it('drop out by masks of their own: two with dropout are not one with twice the rows', async () => {
    const alone = await trainFirst(1, { ...dropped, batch: 8 });
    const together = await trainFirst(2, dropped);
    expect(Math.abs((together.losses[1] ?? 0) - (alone.losses[1] ?? 0))).toBeGreaterThan(1e-4);
  });

  it.each([
    ['throw', /rank 1.*the data of this rank is gone/s],
    ['exit', /rank 1.*exit code 7/s],
  ] as const)(
    'of which one %ss end with its error; the last checkpoint stands',
    async (kind, message) => {
      const folder = mkdtempSync(join(tmpdir(), 'tapeloop-replicas-'));
      try {
        const checkpoint = join(folder, 'run.safetensors');
        const failure = { rank: 1, step: 9, kind };
        await expect(train(2, { ...dropped, checkpoint, failure })).rejects.toThrow(message);
        const saved = decodeCheckpoint(readFileSync(checkpoint), { source: checkpoint });
        expect(saved.counters.step).toBe(8);
        expect(saved.tensors.get('carried/0')?.shape).toEqual([8, 8]);
        expect(saved.random.length).toBe(2);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
