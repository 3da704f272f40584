// SPDX-License-Identifier: Apache-2.0
import { accelerateTfjs } from '@tapeloop/core/tfjs';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ComparisonConfig } from './config.ts';
import type { Batch } from './data.ts';
import { MigratedModel } from './tapeloop-model.ts';
import { disposeTfjsModel, makeTfjsModel, tfjsStep } from './tfjs-model.ts';

/** A model on kernels of its own choice. */
export interface Contestant {
  readonly name: string;
  /** Puts its kernels in place. */
  enter(): Promise<unknown>;
  /** One training step. Returns the loss in nats. */
  step(batch: Batch): number | Promise<number>;
  dispose(): void;
}

/**
 * One model, three times, with the same first weights: in tfjs-layers on tfjs's own kernels, in
 * tfjs-layers after `accelerateTfjs()`, and moved to Tapeloop.
 *
 * tfjs alone cannot train an embedding on WASM (see `failureOfTfjs`). So that there is a speed to
 * compare with, the first is lent the kernel that it lacks.
 */
export async function makeContestants(
  characters: number,
  config: ComparisonConfig,
): Promise<Contestant[]> {
  const { replaced } = await accelerateTfjs();
  const [stock, accelerated] = [
    makeTfjsModel(characters, config),
    makeTfjsModel(characters, config),
  ];
  const migrated = new MigratedModel(stock, characters, config);
  return [
    {
      name: "tfjs-layers, tfjs's kernels",
      enter: () => accelerateTfjs({ except: replaced }),
      ...trainingOf(stock),
    },
    {
      name: 'tfjs-layers, accelerateTfjs()',
      enter: () => accelerateTfjs(),
      ...trainingOf(accelerated),
    },
    {
      name: 'Tapeloop',
      enter: () => Promise.resolve(),
      step: (batch) => migrated.step(batch),
      dispose: () => migrated.dispose(),
    },
  ];
}

/** What tfjs says when it is to train the model alone; `undefined` when it can. */
export async function failureOfTfjs(
  characters: number,
  config: ComparisonConfig,
  batch: Batch,
): Promise<string | undefined> {
  const { restore } = await accelerateTfjs();
  restore();
  const model = makeTfjsModel(characters, config);
  try {
    await tfjsStep(model, batch);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    disposeTfjsModel(model);
  }
}

function trainingOf(model: LayersModel): Pick<Contestant, 'step' | 'dispose'> {
  return { step: (batch) => tfjsStep(model, batch), dispose: () => disposeTfjsModel(model) };
}
