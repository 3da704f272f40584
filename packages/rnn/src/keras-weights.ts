// SPDX-License-Identifier: Apache-2.0
import type { LoadOptions, LoadReport, Module } from '@tapeloop/layers';
import { assignWeights, type WeightSource, type WeightTensors } from './assign-weights.ts';

/** Options of `loadKerasWeights`. */
export interface LoadKerasWeightsOptions extends LoadOptions {
  /**
   * What Keras calls a module, by its path here, where the two differ: `{ logits: 'dense_1' }`. Keras's
   * name is a path as `kerasPath` gives it.
   */
  readonly names?: Readonly<Record<string, string>>;
}

/** The cells that Keras names inside its recurrent layers, and paths here do not. */
const CELL = /^(lstm|gru|simple_rnn)_cell(_\d+)?$/;

/**
 * The path here of a weight that Keras names, without the model's own name:
 *
 * | Keras | here |
 * | --- | --- |
 * | `lstm/lstm_cell/recurrent_kernel` (or `…:0`) | `lstm/recurrentKernel` |
 * | `bidirectional/forward_lstm/lstm_cell/kernel` | `bidirectional/forward/kernel` |
 * | `layer_normalization_1/gamma` | `layer_norm_1/gamma` |
 */
export function kerasPath(name: string): string {
  const segments = name.replace(/:\d+$/, '').split('/');
  const last = segments.pop() ?? '';
  const modules = segments
    .filter((segment) => !CELL.test(segment))
    .map((segment) =>
      segment
        .replace(/^(forward|backward)_.*$/, '$1')
        .replace(/^layer_normalization(_\d+)?$/, 'layer_norm$1'),
    );
  const weight = last.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [...modules, weight].join('/');
}

/**
 * Overwrites a built module's parameters with weights that Keras wrote, all or nothing. The layouts
 * are Keras's own, so only names are mapped: by `kerasPath`, after the model's name if all begin with
 * it, and by `names`. Dense, Embedding, LayerNorm, LSTM, GRU, SimpleRNN, Bidirectional and cells in
 * `RNN` load by name.
 *
 * A GRU must have the `resetAfter` of the file's: that shows in the shape of its bias. Options that no
 * weight shows, as activations and a norm's epsilon, are yours to set.
 *
 * @param tensors by Keras's paths (`weight.path`), such as `decodeSafetensors(bytes).tensors`.
 * @throws RuntimeError before the module is built; ValueError naming every tensor that is missing,
 *   unexpected (both unless `strict` is `false`), or has another shape or dtype.
 *
 * @example
 * model.build([null, 40], 'int32');
 * loadKerasWeights(model, decodeSafetensors(bytes).tensors, { names: { logits: 'dense' } });
 */
export function loadKerasWeights(
  module: Module,
  tensors: WeightTensors,
  { names = {}, ...options }: LoadKerasWeightsOptions = {},
): LoadReport {
  const parameters = module.namedParameters();
  const byPath = indexOf([...tensors.keys()]);
  const sources = parameters.map(([path, parameter]): WeightSource => {
    const wanted = renamed(path, names);
    const name = byPath.get(wanted) ?? wanted;
    return {
      path,
      parameter,
      from: [[name, parameter.shape]],
      convert: ([elements = new Float32Array()]) => elements,
    };
  });
  return assignWeights('loadKerasWeights', sources, tensors, options);
}

/** `path` with the longest prefix that `names` has replaced. */
export function renamed(path: string, names: Readonly<Record<string, string>>): string {
  const segments = path.split('/');
  for (let length = segments.length; length > 0; length--) {
    const name = names[segments.slice(0, length).join('/')];
    if (name !== undefined) return [name, ...segments.slice(length)].join('/');
  }
  return path;
}

/** The names in a file by the paths that they have here, with and without the model's name. */
function indexOf(names: readonly string[]): ReadonlyMap<string, string> {
  const paths = names.map((name): [string, string] => [kerasPath(name), name]);
  const [first] = paths[0]?.[0].split('/') ?? [];
  const isModel = paths.every(([path]) => path.startsWith(`${first}/`));
  const inner = paths.map(([path, name]): [string, string] => [
    path.slice((first?.length ?? 0) + 1),
    name,
  ]);
  return new Map([...(isModel ? inner : []), ...paths]);
}
