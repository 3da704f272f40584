// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriorityQueue } from './priority-queue.ts';

describe('PriorityQueue', () => {
  it('gives what was put in and not yet taken out, the smallest first', () => {
    const steps = fc.array(fc.option(fc.integer({ min: -5, max: 5 })));
    fc.assert(
      fc.property(steps, (numbers) => {
        const queue = new PriorityQueue<number>((a, b) => a < b);
        const held: number[] = [];
        for (const number of numbers) {
          if (number === null) expect(queue.pop()).toBe(held.shift());
          else {
            queue.push(number);
            held.push(number);
            held.sort((a, b) => a - b);
          }
        }
        for (const number of held) expect(queue.pop()).toBe(number);
        expect(queue.pop()).toBeUndefined();
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
