// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { broadcastParameters } from './broadcast-state.ts';
import { checkReplicas } from './check-replicas.ts';
import { asRanks, settled } from './in-process-testing.ts';
import { withReplicas } from './parameters-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

it('is content with replicas that are the same to the bit', async () => {
  await withReplicas(3, async (replicas) => {
    await asRanks(3, async (communicator) => {
      const own = replicas[communicator.rank] ?? [];
      await broadcastParameters(communicator, own);
      await checkReplicas(communicator, own);
    });
  });
});

it('names, on every rank, the parameter and the ranks that differ by a single bit', async () => {
  await withReplicas(4, async (replicas) => {
    const errors = await asRanks(4, async (communicator) => {
      const own = replicas[communicator.rank] ?? [];
      await broadcastParameters(communicator, own);
      if (communicator.rank % 2 === 1) own[2]?.update(flipLastBit);
      return settled(checkReplicas(communicator, own));
    });
    for (const error of errors) {
      expect(error).toMatch(
        /^CommunicatorError: checkReplicas: parameter p2 must be the same on all ranks, but differs from rank 0 on rank 1, 3\./,
      );
    }
  });
});

function flipLastBit({ buffer, byteOffset, length }: Float32Array): void {
  const bits = new Uint32Array(buffer, byteOffset, length);
  bits[length - 1] = (bits[length - 1] ?? 0) ^ 1;
}
