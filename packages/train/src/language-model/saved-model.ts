// SPDX-License-Identifier: Apache-2.0
import { type SavedRun, withRunState } from '../checkpoint/checkpoint.ts';
import { withPrefix } from '../loop/run-state.ts';
import { LanguageModel, type LanguageModelConfig } from './language-model.ts';

/**
 * The trained model of a saved run.
 *
 * @param vocabularySize number of tokens.
 * @param config what the run's model was made with.
 * @throws ValueError or ShapeError when the saved parameters are not of such a model.
 */
export function savedLanguageModel(
  saved: SavedRun,
  vocabularySize: number,
  config: LanguageModelConfig,
): LanguageModel {
  const model = new LanguageModel(vocabularySize, config);
  try {
    model.build([1, 1], 'int32');
    const parameters = { ...saved, tensors: withPrefix(saved.tensors, 'model/') };
    withRunState(parameters, ({ tensors }) => model.loadStateDict(tensors));
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}
