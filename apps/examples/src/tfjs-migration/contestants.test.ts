// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, largestDifference, type Result } from './compare.ts';
import { failureOfTfjs, makeContestants } from './contestants.ts';
import { cutBatches } from './data.ts';

const config = {
  ...{ data: '', steps: 25, batch: 4, window: 6, embedding: 5, hidden: 7 },
  ...{ learningRate: 0.03, seed: 3 },
};
const text = 'abcdefghij'.repeat(111);
const { characters, batches } = cutBatches({ name: 'letters', text }, config);

beforeAll(async () => {
  // tfjs greets on the console unless told otherwise.
  tf.env().set('PROD', true);
  await init();
});

it('tfjs alone cannot train the model: it has no kernel for the gradient of an embedding', async () => {
  const [first] = batches;
  if (first === undefined) throw new Error('no batch was cut.');
  expect(await failureOfTfjs(characters, config, first)).toMatch(/UnsortedSegmentSum/);
});

describe('makeContestants', () => {
  it('trains one model in three ways to the same losses within 1e-4, and frees it', async () => {
    const before = tf.memory().numTensors;
    const contestants = await makeContestants(characters, config);
    let results: readonly Result[] = [];
    for await (results of compare(contestants, batches));
    for (const contestant of contestants) contestant.dispose();
    const [stock, accelerated, tapeloop] = results.map(({ losses }) => losses);
    if (!stock || !accelerated || !tapeloop) throw new Error('three contestants were expected.');
    expect(stock.length).toBe(25);
    expect(Math.abs((stock[0] ?? 0) - Math.log(characters))).toBeLessThan(0.1);
    expect(stock.at(-1)).toBeLessThan(0.95 * (stock[0] ?? 0));
    expect(largestDifference(stock, accelerated)).toBeLessThan(1e-4);
    expect(largestDifference(stock, tapeloop)).toBeLessThan(1e-4);
    expect(tf.memory().numTensors).toBe(before);
  });
});
