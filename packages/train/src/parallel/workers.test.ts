// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Failure, Mishap } from './failing-worker-testing.ts';
import { runWorkers } from './node-workers.ts';
import { WorkerError } from './worker-error.ts';
import type { WorkerGroupOptions } from './worker-group.ts';

type Options = Partial<WorkerGroupOptions<Mishap, Failure>>;

const worker = new URL('./failing-worker-testing.ts', import.meta.url);

/** Runs three ranks of which rank 1 misbehaves; what the others were told, and what came of it. */
async function run(mishap: Mishap, options: Options = {}) {
  const failures: (Failure & { readonly rank: number })[] = [];
  const onMessage = (failure: Failure, rank: number) => failures.push({ ...failure, rank });
  const group = runWorkers<Mishap, Failure, string>(worker, {
    count: 3,
    data: mishap,
    onMessage,
    ...options,
  });
  const outcome: unknown = await group.catch((error: unknown) => error);
  return { outcome, failures: failures.toSorted((a, b) => a.rank - b.rank) };
}

describe.each(['shared', 'messages'] as const)('with transport %s', (transport) => {
  it('ends with the error of the worker that threw, and frees those who wait for it', async () => {
    const { outcome, failures } = await run('throws', { transport });
    expect(outcome).toBeInstanceOf(WorkerError);
    expect(outcome).toMatchObject({
      rank: 1,
      message: 'rank 1: ReplicaError: replica lost',
      cause: {
        name: 'ReplicaError',
        message: 'replica lost',
        stack: expect.stringContaining('failing-worker-testing.ts'),
      },
    });
    const message = 'the group has ended: rank 1: ReplicaError: replica lost';
    const failure = { name: 'CommunicatorError', message, atRank: 1 };
    expect(failures).toEqual([
      { ...failure, rank: 0 },
      { ...failure, rank: 2 },
    ]);
  });

  it('ends with an error that no function of the worker threw', async () => {
    const { outcome, failures } = await run('throws later', { transport });
    expect(outcome).toMatchObject({ message: 'rank 1: RangeError: out of turn' });
    expect(failures.map(({ rank }) => rank)).toEqual([0, 2]);
  });

  it('ends when a worker exits without a result', async () => {
    const { outcome, failures } = await run('exits', { transport });
    expect(outcome).toMatchObject({
      message: 'rank 1: Error: the worker ended with exit code 3 and without a result',
    });
    expect(failures.map(({ atRank }) => atRank)).toEqual([1, 1]);
  });

  it('lets nobody wait for a rank that has come to its end', async () => {
    const { failures } = await run('returns early', { transport });
    expect(failures[0]).toMatchObject({
      message: 'rank 1 has closed its communicator',
      atRank: 1,
    });
  });

  it.each([
    ['calls something else', 'a broadcast of 5 bytes from rank 2'],
    ['sums another length', 'an allReduce of 6 elements'],
  ] as const)('says who is out of step when a rank %s', async (mishap, made) => {
    const { outcome } = await run(mishap, { transport });
    const [, rank, theirs, ours] =
      /rank (.) made (.*) where this one made (.*)\.$/.exec(String(outcome)) ?? [];
    const others = 'an allReduce of 5 elements';
    expect([theirs, ours]).toEqual(rank === '1' ? [made, others] : [others, made]);
  });

  it('hands on that it is asked to stop', async () => {
    const signal = AbortSignal.timeout(100);
    const { outcome } = await run('nothing', { transport, signal });
    expect(outcome).toEqual(['done', 'done', 'done']);
  });
});

it('gives up after the timeout, and ends a worker that does not end by itself', async () => {
  const { outcome } = await run('never comes', { timeout: 5000 });
  expect(String(outcome)).toContain('barrier: 1 of 3 ranks did not come within 5000 ms.');
});

it('ends when a module cannot be loaded', async () => {
  const missing = new URL('./no-such-worker.ts', import.meta.url);
  await expect(runWorkers(missing, { count: 2, data: null })).rejects.toThrow(
    /^rank \d: Error: Cannot find module/,
  );
});

it('ends with what the listener throws', async () => {
  const onMessage = () => {
    throw new TypeError('deaf');
  };
  const { outcome } = await run('returns early', { onMessage });
  expect(outcome).toEqual(new TypeError('deaf'));
});

it.each([
  [{ count: 0 }, 'count must be a whole number of at least 1, got 0.'],
  [{ count: 2, slotBytes: 60 }, 'slotBytes must be a multiple of 64 above 0, got 60.'],
  [{ count: 2, timeout: 0 }, 'timeout must be above 0, got 0.'],
])('refuses %o', async (options, message) => {
  await expect(runWorkers(worker, { data: null, ...options })).rejects.toThrow(message);
});
