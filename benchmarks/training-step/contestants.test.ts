// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Contestant } from '../harness/contestant.ts';
import { type Workload, workload } from './workload.ts';

/** Losses of five steps of a contestant. */
async function lossesOf(script: string, sizes: Workload): Promise<readonly number[]> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const contestant = new Contestant<Workload>({ program: process.execPath, args: [path] });
  try {
    await contestant.ask({ do: 'prepare', workload: sizes });
    return (await contestant.ask({ do: 'losses', steps: 5 })).losses;
  } finally {
    await contestant.close();
  }
}

it('Tapeloop and tfjs-layers train to the same losses within 1e-4', async () => {
  const sizes = { ...workload(8, 3, 6), learningRate: 0.01 };
  const [ours, theirs] = [
    await lossesOf('tapeloop.ts', sizes),
    await lossesOf('tfjs-layers.ts', sizes),
  ];
  expect(ours.length).toBe(5);
  ours.forEach((loss, step) => {
    expect(Math.abs(loss - (theirs[step] ?? Number.NaN)), `step ${step}`).toBeLessThan(1e-4);
  });
  expect(ours[4]).toBeLessThan((ours[0] ?? 0) - 0.01);
});

it('tells what a contestant that fails says, and ends it', async () => {
  const sizes = { ...workload(8, 3, 6), hidden: -1 };
  await expect(lossesOf('tapeloop.ts', sizes)).rejects.toThrow('LSTMCell');
});

it('says so when a contestant cannot start', async () => {
  const contestant = new Contestant<Workload>({ program: 'no-such-program', args: [] });
  const message = { do: 'time', steps: 1 } as const;
  await expect(contestant.ask(message)).rejects.toThrow('ended without an answer');
  await contestant.close();
});
