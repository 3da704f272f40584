// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  mul,
  Parameter,
  type Shape,
  sum,
  Tensor,
  tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo } from '@tapeloop/core/testing';
import { fromConfig, Layer, type SavedModule } from '@tapeloop/layers';
import { recipe } from '@tapeloop/layers/testing';
import { Bidirectional } from '../bidirectional.ts';
import { LSTMState } from '../lstm-state.ts';
import { RecurrentLayer } from '../recurrent-layer.ts';
import { RNN } from '../rnn.ts';

/** The arguments of `recipe`. */
interface Description {
  readonly shape: number[];
  readonly scale: number;
  readonly offset: number;
}

interface Values {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** A case of `conformance/keras/rnn.py`, whose opening comment says what it holds. */
export interface GoldenCase {
  readonly layer: SavedModule;
  readonly training?: boolean;
  readonly inputs: Readonly<Record<string, Description>>;
  readonly mask?: readonly (readonly number[])[];
  readonly zeroed?: readonly (readonly number[])[];
  readonly sequenceLengths?: readonly number[];
  readonly initialState: Readonly<Record<string, Description>>;
  readonly weights: Readonly<Record<string, Description>>;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
}

/** The cases of one of the files. */
export function goldenCases(path: string): [title: string, golden: GoldenCase][] {
  const file = new URL(`../../../../conformance/${path}`, import.meta.url);
  const { cases }: { cases: Record<string, GoldenCase> } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(cases);
}

/** The same case whose layers take the generic path, step by step. */
export function unrolled(golden: GoldenCase): GoldenCase {
  const turn = (saved: SavedModule): SavedModule => {
    const config = Object.entries(saved.config).map(([key, value]) => [
      key,
      isSaved(value) ? turn(value) : Array.isArray(value) ? value.map(turnAny) : value,
    ]);
    const runsCells = ['RNN', 'LSTM', 'GRU', 'SimpleRNN'].includes(saved.className);
    const unroll = runsCells ? { unroll: true } : {};
    return { className: saved.className, config: { ...Object.fromEntries(config), ...unroll } };
  };
  const turnAny = (value: unknown) => (isSaved(value) ? turn(value) : value);
  return { ...golden, layer: turn(golden.layer) };
}

/**
 * Runs a case: every output and every gradient must be the golden's, to `bound` of the largest value
 * of its tensor.
 */
export function checkGolden(golden: GoldenCase, bound: number): void {
  const layer = fromConfig(golden.layer);
  if (!(layer instanceof Layer)) throw new Error(`${golden.layer.className} is no layer`);
  using _layer = layer;
  tidy(() => layer.build(golden.inputs['x']?.shape ?? []));
  const weights = new Map(layer.namedParameters());
  same([...weights.keys()], Object.keys(golden.weights));
  const made = tidy(() => {
    for (const [path, parameter] of weights) parameter.assign(filled(golden.weights[path]));
    const given = [...Object.entries(golden.inputs), ...Object.entries(golden.initialState)];
    return given.map(([name, each]) => new Parameter(name, filled(each)));
  });
  const sources = new Map([
    ...made.map((each): [string, Parameter] => [each.name, each]),
    ...weights,
  ]);
  same([...sources.keys()].sort(), Object.keys(golden.gradients).sort());
  try {
    tidy(() => {
      const { value, gradients } = valueAndGrad(() => {
        const found = run(layer, golden, sources);
        const terms = Object.keys(golden.outputs).map((name, i) => {
          const output = present(name, found.get(name));
          return sum(mul(output, recipe(output.shape, 1, 40 + i)));
        });
        return { loss: terms.reduce((a, b) => a.add(b)), found: [...found] };
      }, [...sources.values()]);
      const found = new Map(value.found);
      for (const [name, expected] of Object.entries(golden.outputs)) {
        compare(`output ${name}`, present(name, found.get(name)), expected, bound);
      }
      for (const [name, parameter] of sources) {
        const gradient = present(name, gradients.get(parameter));
        compare(`gradient ${name}`, gradient, present(name, golden.gradients[name]), bound);
      }
    });
  } finally {
    for (const parameter of made) parameter.dispose();
  }
}

/** Outputs and states by name; a stateful layer is called on `x` and then on `x2`. */
function run(
  layer: Layer,
  golden: GoldenCase,
  sources: ReadonlyMap<string, Parameter>,
): Map<string, Tensor> {
  const { mask, zeroed, sequenceLengths, training = false } = golden;
  const value = (name: string) => present(name, sources.get(name)).value;
  const hasState = Object.keys(golden.initialState).length > 0;
  const zeros = hasState ? zeroState(layer, golden.inputs['x']?.shape[0] ?? 0) : undefined;
  const context = {
    training,
    ...(mask === undefined ? {} : { mask: flags(mask, 'bool') }),
    ...(sequenceLengths === undefined ? {} : { sequenceLengths }),
    ...(zeros === undefined ? {} : { initialState: mapNamed(layer, zeros, value) }),
  };
  const found = new Map<string, Tensor>();
  for (const name of Object.keys(golden.inputs)) {
    const x =
      zeroed === undefined
        ? value(name)
        : mul(value(name), flags(zeroed, 'float32').reshape([zeroed.length, -1, 1]));
    const result: unknown = layer.call(x, context);
    const suffix = name === 'x' ? '' : '2';
    const { output, state } = asResult(result);
    if (output instanceof Tensor) found.set(`output${suffix}`, output);
    else if (Array.isArray(output)) {
      found.set('forward', output[0]);
      found.set('backward', output[1]);
    }
    if (state !== undefined) {
      mapNamed(layer, state, (path, leaf) => {
        found.set(path, leaf);
        return leaf;
      });
    }
  }
  return found;
}

/** `fn` of each tensor of a state and the name that the goldens have for it. */
function mapNamed(
  layer: Layer,
  state: unknown,
  fn: (name: string, leaf: Tensor) => Tensor,
): unknown {
  const walk = (node: unknown, prefix: string, parts: (i: number) => string): unknown => {
    if (node instanceof Tensor) return fn(`${prefix}h`, node);
    if (node instanceof LSTMState) {
      return new LSTMState({ c: fn(`${prefix}c`, node.c), h: fn(`${prefix}h`, node.h) });
    }
    if (!Array.isArray(node)) throw new Error('no name for a part of the state');
    return node.map((child, i) => walk(child, `${prefix}${parts(i)}/`, (j) => `cell${j}`));
  };
  const directions = ['forward', 'backward'];
  const isBoth = layer instanceof Bidirectional;
  return walk(state, '', isBoth ? (i) => directions[i] ?? '' : (i) => `cell${i}`);
}

function zeroState(layer: unknown, batch: number): unknown {
  if (layer instanceof Bidirectional) {
    return [zeroState(layer.forwardLayer, batch), zeroState(layer.backwardLayer, batch)];
  }
  const rnn = layer instanceof RecurrentLayer ? layer.rnn : layer;
  if (rnn instanceof RNN) return rnn.cell.zeroState(batch);
  throw new Error('this layer has no state');
}

function asResult(result: unknown): { output: unknown; state?: unknown } {
  const isPair = typeof result === 'object' && result !== null && 'output' in result;
  return isPair ? result : { output: result };
}

function filled(description: Description | undefined): Tensor {
  const { shape, scale, offset } = present('description', description);
  return recipe(shape, scale, offset);
}

function flags(rows: readonly (readonly number[])[], dtype: 'bool' | 'float32'): Tensor {
  return tensor(rows.flat(), [rows.length, rows[0]?.length ?? 0], dtype);
}

function compare(name: string, actual: Tensor, { shape, values }: Values, bound: number): void {
  same([...actual.shape], [...shape]);
  const absolute = bound * Math.max(...values.map(Math.abs));
  try {
    closeTo(actual, [...values], { relative: 0, absolute });
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

function same(actual: readonly unknown[], expected: readonly unknown[]): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

function present<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}

function isSaved(value: unknown): value is SavedModule {
  return typeof value === 'object' && value !== null && 'className' in value && 'config' in value;
}
