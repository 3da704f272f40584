// SPDX-License-Identifier: Apache-2.0
import type { Batch, BatchSource, BucketedBatches } from '@tapeloop/train';

/** Examples that a step learns from. */
export interface ExampleBatch<Example> extends Batch {
  readonly examples: readonly Example[];
}

/**
 * Batches of examples as a `TrainingRun` takes them.
 *
 * @param tokensOf of how many tokens an example's part of the loss is the mean.
 */
export function exampleBatches<Example>(
  batches: BucketedBatches<Example>,
  tokensOf: (example: Example) => number,
): BatchSource<ExampleBatch<Example>> {
  return {
    batchesPerPass: batches.batchesPerPass,
    at: (step) => {
      const examples = batches.at(step);
      const tokens = examples.reduce((sum, example) => sum + tokensOf(example), 0);
      return { examples, tokens };
    },
  };
}
