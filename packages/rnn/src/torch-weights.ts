// SPDX-License-Identifier: Apache-2.0
import { type Parameter, type Shape, ValueError } from '@tapeloop/core';
import {
  Dense,
  Embedding,
  joinPath,
  LayerNorm,
  type LoadOptions,
  type LoadReport,
  type Module,
} from '@tapeloop/layers';
import { assignWeights, type WeightSource, type WeightTensors } from './assign-weights.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import {
  kernelFromTorch,
  stackedBiasFromTorch,
  summedBiasFromTorch,
  torchGates,
} from './torch-layouts.ts';

/** A layer of a `torch.nn.LSTM`, `GRU` or `RNN` of several. */
export interface TorchLayer {
  readonly prefix: string;
  /** Counts from 0. */
  readonly layer: number;
}

/** Options of `loadTorchStateDict`. */
export interface LoadTorchStateDictOptions extends LoadOptions {
  /**
   * What PyTorch calls a module, by its path here, where the two differ: `{ rnn: 'encoder.lstm' }`, or
   * `{ lstm_1: { prefix: 'lstm', layer: 1 } }` for layers here that are one module there.
   */
  readonly names?: Readonly<Record<string, string | TorchLayer>>;
}

const OP = 'loadTorchStateDict';

/**
 * Overwrites a built module's parameters with a PyTorch `state_dict`, all or nothing, converting the
 * layouts:
 *
 * | here | PyTorch |
 * | --- | --- |
 * | Dense `kernel`, `bias` | Linear `weight` transposed, `bias` |
 * | Embedding `embeddings` | Embedding `weight` |
 * | LayerNorm `gamma`, `beta` | LayerNorm `weight`, `bias` (whose `eps` is 1e-5) |
 * | LSTM and SimpleRNN `kernel`, `recurrentKernel`, `bias` | `weight_ih_l0` and `weight_hh_l0` transposed, `bias_ih_l0 + bias_hh_l0` |
 * | GRU (`resetAfter`) | the same with the gates r, z, n as z, r, n, and both biases kept apart |
 *
 * A path here is PyTorch's with `.` for `/`. `cell1` of `StackedRNNCells` is the suffix `_l1`,
 * `backward` of `Bidirectional` is `_reverse`; a module without such suffixes (`nn.LSTMCell`) loads too.
 *
 * @param tensors such as `decodeSafetensors(bytes).tensors`.
 * @throws RuntimeError before the module is built; ValueError for a module that PyTorch has no like of,
 *   as a GRU without `resetAfter`, and naming every tensor that is missing, unexpected (both unless
 *   `strict` is `false`), or has another shape or dtype.
 *
 * @example
 * model.build([null, 40], 'int32');
 * loadTorchStateDict(model, decodeSafetensors(bytes).tensors, { names: { rnn: 'lstm' } });
 */
export function loadTorchStateDict(
  module: Module,
  tensors: WeightTensors,
  { names = {}, ...options }: LoadTorchStateDictOptions = {},
): LoadReport {
  const paths = new Map(module.namedParameters().map(([path, parameter]) => [parameter, path]));
  const sources = module.modules().flatMap(([path, each]): WeightSource[] => {
    const own = [...each.ownParameters()].filter(([, parameter]) => paths.has(parameter));
    if (own.length === 0) return [];
    const rules = rulesOf(each, placeOf(path, names), tensors);
    return own.map(([name, parameter]) => {
      const rule = rules?.[name];
      const parameterPath = joinPath(path, name);
      if (rule === undefined) throw noCounterpart(each, parameterPath);
      const { from, convert } = rule(parameter);
      return { path: parameterPath, parameter, from, convert };
    });
  });
  return assignWeights(OP, sources, tensors, options);
}

/** How a parameter comes from PyTorch's tensors. */
type Rule = (parameter: Parameter) => Pick<WeightSource, 'from' | 'convert'>;

/** Where a module is in PyTorch: a name, and the suffix of its weights in a recurrent module. */
interface Place {
  readonly prefix: string;
  readonly suffix: string;
}

function rulesOf(
  module: Module,
  place: Place,
  tensors: WeightTensors,
): Readonly<Record<string, Rule>> | undefined {
  const named = (name: string) => (place.prefix === '' ? name : `${place.prefix}.${name}`);
  const same =
    (name: string): Rule =>
    ({ shape }) => ({ from: [[named(name), shape]], convert: first });
  if (module instanceof Dense) return { kernel: matrix(named('weight')), bias: same('bias') };
  if (module instanceof Embedding) return { embeddings: same('weight') };
  if (module instanceof LayerNorm) return { gamma: same('weight'), beta: same('bias') };
  const gates = gatesOf(module);
  if (gates === undefined) return undefined;
  const suffix = tensors.has(named('weight_ih')) ? '' : place.suffix;
  const of = (name: string) => named(`${name}${suffix}`);
  const isStacked = module instanceof GRUCell;
  return {
    kernel: matrix(of('weight_ih'), gates),
    recurrentKernel: matrix(of('weight_hh'), gates),
    bias: ({ size, shape }) => {
      const each: Shape = isStacked ? shape.slice(1) : [size];
      return {
        from: [
          [of('bias_ih'), each],
          [of('bias_hh'), each],
        ],
        convert: ([ih = empty, hh = empty]) =>
          isStacked ? stackedBiasFromTorch(ih, hh, gates) : summedBiasFromTorch(ih, hh, gates),
      };
    },
  };
}

const empty = new Float32Array();
const first = ([elements = empty]: readonly Float32Array[]): Float32Array => elements;

/** A matrix that PyTorch keeps transposed. */
function matrix(name: string, gates: readonly number[] = [0]): Rule {
  return ({ shape: [inputs = 0, outputs = 0] }) => ({
    from: [[name, [outputs, inputs]]],
    convert: ([weight = empty]) => kernelFromTorch(weight, outputs, gates),
  });
}

function gatesOf(module: Module): readonly number[] | undefined {
  if (module instanceof LSTMCell) return torchGates.lstm;
  if (module instanceof SimpleRNNCell) return torchGates.simple;
  return module instanceof GRUCell && module.resetAfter ? torchGates.gru : undefined;
}

/** `rnn/cell1` to `rnn` and `_l1`, `birnn/backward` to `birnn` and `_l0_reverse`; then by `names`. */
function placeOf(path: string, names: Readonly<Record<string, string | TorchLayer>>): Place {
  const segments = path === '' ? [] : path.split('/');
  for (let length = segments.length; length >= 0; length--) {
    const name = names[segments.slice(0, length).join('/')];
    if (name === undefined && length > 0) continue;
    const given = typeof name === 'string' ? { prefix: name } : (name ?? { prefix: '' });
    const rest = segments.slice(length);
    const cell = rest.findLast((segment) => /^cell\d+$/.test(segment));
    const isBackward = rest.includes('backward');
    const modules = rest.filter((segment) => !/^(cell\d+|forward|backward)$/.test(segment));
    const prefix = [given.prefix, ...modules].filter((part) => part !== '').join('.');
    const layer = 'layer' in given ? given.layer : Number(cell?.slice(4) ?? 0);
    return { prefix, suffix: `_l${layer}${isBackward ? '_reverse' : ''}` };
  }
  return { prefix: '', suffix: '_l0' };
}

function noCounterpart(module: Module, path: string): ValueError {
  const hint =
    module instanceof GRUCell
      ? 'A GRU of PyTorch applies its reset gate after the product: use resetAfter.'
      : 'It loads Dense, Embedding, LayerNorm, LSTM, GRU and SimpleRNN.';
  return new ValueError(
    `${OP}: module must be made of layers that PyTorch has, got ${module.className} at ${path}. ${hint}`,
  );
}
