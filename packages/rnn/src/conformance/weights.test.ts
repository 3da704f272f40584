// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  decodeSafetensors,
  init,
  RuntimeError,
  type SafetensorsEntry,
  type Shape,
  tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { Dense, Embedding, Layer, LayerNorm, type Module, Sequential } from '@tapeloop/layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Bidirectional } from '../bidirectional.ts';
import { GRU } from '../gru.ts';
import { GRUCell } from '../gru-cell.ts';
import { kerasPath, loadKerasWeights } from '../keras-weights.ts';
import { LSTM } from '../lstm.ts';
import { LSTMCell } from '../lstm-cell.ts';
import { RNN } from '../rnn.ts';
import { StackedRNNCells } from '../stacked-rnn-cells.ts';
import { loadTorchStateDict } from '../torch-weights.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

interface Golden {
  readonly ids: readonly (readonly number[])[];
  readonly output: { readonly shape: Shape; readonly values: readonly number[] };
}

const folder = new URL('../../../../conformance/', import.meta.url);
const golden = (source: string): Golden =>
  JSON.parse(readFileSync(new URL(`${source}/weights.json`, folder), 'utf8'));
const weights = (source: string) => {
  const file = new URL(`${source}/weights.safetensors`, folder);
  return decodeSafetensors(readFileSync(file)).tensors;
};

/** Builds a model for ids, loads it and compares what it computes with the golden. */
function check(model: Layer, source: string, load: (model: Layer) => unknown): void {
  using _model = model;
  const { ids, output } = golden(source);
  tidy(() => {
    model.build([1, 1], 'int32');
    load(model);
    const y = model.call(tensor(ids.flat(), [ids.length, ids[0]?.length ?? 0], 'int32'));
    expect(y.shape).toEqual(output.shape);
    closeTo(y, [...output.values], { relative: 0, absolute: 2e-6 });
  });
}

const sequences = { returnSequences: true } as const;
const keras = () =>
  new Sequential([
    new Embedding(7, 3),
    new LSTM(4, sequences),
    new LSTM(3, sequences),
    new GRU(4, sequences),
    new Bidirectional(new LSTM(2, sequences)),
    new LayerNorm(),
    new Dense(5),
  ]);

/** The modules' fields have PyTorch's names but for `rnn`. */
class TorchModel extends Layer {
  readonly embedding = new Embedding(7, 3);
  readonly rnn = new RNN(new StackedRNNCells([new LSTMCell(4), new LSTMCell(4)]), sequences);
  readonly gru = new Bidirectional(new GRU(3, sequences));
  readonly norm = new LayerNorm({ epsilon: 1e-5 });
  readonly dense = new Dense(5);

  protected override forward(ids: ReturnType<typeof tensor>) {
    const x = this.gru.call(this.rnn.call(this.embedding.call(ids)));
    return this.dense.call(this.norm.call(x));
  }
}

describe('a file that Keras wrote', () => {
  test('loads by name and gives its model’s outputs to 2e-6', () => {
    check(keras(), 'keras', (model) => loadKerasWeights(model, weights('keras')));
  });

  test('loads into modules of other names, and with cells in RNN', () => {
    class Renamed extends Layer {
      readonly table = new Embedding(7, 3);
      readonly encoder = new RNN(new LSTMCell(4), sequences);
      readonly rest = new Sequential([
        new LSTM(3, { ...sequences, name: 'lstm_1' }),
        new RNN(new GRUCell(4), { ...sequences, name: 'gru' }),
        new Bidirectional(new LSTM(2, sequences)),
        new LayerNorm(),
        new Dense(5, { name: 'logits' }),
      ]);
      protected override forward(ids: ReturnType<typeof tensor>) {
        return this.rest.call(this.encoder.call(this.table.call(ids)));
      }
    }
    const inside = ['lstm_1', 'gru', 'bidirectional', 'layer_norm'];
    const names = {
      ...{ table: 'embedding', encoder: 'lstm', 'rest/logits': 'dense' },
      ...Object.fromEntries(inside.map((name) => [`rest/${name}`, name])),
    };
    check(new Renamed(), 'keras', (model) => loadKerasWeights(model, weights('keras'), { names }));
  });

  test.each([
    ['lstm/lstm_cell/recurrent_kernel:0', 'lstm/recurrentKernel'],
    ['gru_2/gru_cell_3/bias', 'gru_2/bias'],
    ['bidirectional/backward_lstm_2/lstm_cell/kernel', 'bidirectional/backward/kernel'],
    ['layer_normalization_1/gamma', 'layer_norm_1/gamma'],
    ['model/dense/kernel', 'model/dense/kernel'],
  ])('has %s for our %s', (name, path) => {
    expect(kerasPath(name)).toBe(path);
  });
});

describe('a file that PyTorch wrote', () => {
  test('loads with its layouts converted and gives its model’s outputs to 2e-6', () => {
    const load = (model: Layer) =>
      loadTorchStateDict(model, weights('pytorch'), { names: { rnn: 'lstm' } });
    check(new TorchModel(), 'pytorch', load);
  });

  test('loads its two layers into two layers', () => {
    const model = new Sequential([
      new Embedding(7, 3),
      new LSTM(4, sequences),
      new LSTM(4, sequences),
      new Bidirectional(new GRU(3, sequences), { name: 'gru' }),
      new LayerNorm({ epsilon: 1e-5, name: 'norm' }),
      new Dense(5),
    ]);
    const names = { lstm_1: { prefix: 'lstm', layer: 1 } };
    check(model, 'pytorch', (each) => loadTorchStateDict(each, weights('pytorch'), { names }));
  });

  test('of a single cell has names without a layer', () => {
    using cell = new LSTMCell(4);
    cell.build([null, 3]);
    const inner = [...weights('pytorch')]
      .filter(([name]) => /^lstm\..*_l0$/.test(name))
      .map(([name, entry]): [string, SafetensorsEntry] => [name.slice(5, -3), entry]);
    expect(inner.map(([name]) => name).sort()).toEqual([
      'bias_hh',
      'bias_ih',
      'weight_hh',
      'weight_ih',
    ]);
    loadTorchStateDict(cell, new Map(inner));
    const bias = new Map(inner.map(([name, { data }]) => [name, data]));
    const sums = Array.from(
      bias.get('bias_ih') ?? [],
      (b, i) => b + (bias.get('bias_hh')?.[i] ?? 0),
    );
    closeTo(cell.parameter('bias').value, sums, { absolute: 1e-7 });
  });
});

describe.each<
  [string, Module, (module: Module, tensors: Map<string, SafetensorsEntry>) => unknown, string]
>([
  ['loadKerasWeights', new Dense(2), loadKerasWeights, 'kernel'],
  ['loadTorchStateDict', new Dense(2), loadTorchStateDict, 'weight'],
])('%s', (op, module, load, name) => {
  const entry = (shape: Shape): SafetensorsEntry => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(7);
    return { dtype: 'float32', shape, data };
  };
  const square = entry([2, 2]);

  test('names what is missing, unexpected or of a wrong shape, and changes nothing', () => {
    expect(() => load(module, new Map())).toThrow(RuntimeError);
    module.build([null, 2]);
    tidy(() => module.parameters()[0]?.assign(cosines([2, 2])));
    const fails = (tensors: Record<string, SafetensorsEntry>, text: string) => {
      const attempt = () => load(module, new Map(Object.entries(tensors)));
      expect(attempt).toThrow(ValueError);
      expect(attempt).toThrow(text);
    };
    fails({ [name]: square }, `${op}: tensors must be those of the 2 parameters, got missing bias`);
    fails({ [name]: square, bias: entry([2]), other: square }, 'unexpected other');
    fails(
      { [name]: square, bias: entry([3]) },
      'wrong shape bias (float32 [2] for bias, got float32 [3])',
    );
    const whole = { ...entry([2]), dtype: 'int32', data: new Int32Array(2) } as const;
    fails({ [name]: square, bias: whole }, 'got int32 [2]');
    expect([...(module.parameters()[0]?.value.data() ?? [])]).toEqual([...cosines([2, 2]).data()]);
    module.dispose();
  });
});

describe('strict: false', () => {
  test('reports what it passed over', () => {
    using model = new Dense(2);
    model.build([null, 2]);
    const square: SafetensorsEntry = { dtype: 'float32', shape: [2, 2], data: new Float32Array(4) };
    const tensors = new Map([
      ['kernel', square],
      ['other', square],
    ]);
    expect(loadKerasWeights(model, tensors, { strict: false })).toEqual({
      missing: ['bias'],
      unexpected: ['other'],
    });
    expect([...model.parameter('kernel').value.data()]).toEqual([0, 0, 0, 0]);
  });
});

test('modules that PyTorch has no like of are refused by name', () => {
  using gru = new GRU(2, { resetAfter: false });
  tidy(() => gru.build([null, null, 3]));
  expect(() => loadTorchStateDict(gru, new Map())).toThrow('use resetAfter');
});
