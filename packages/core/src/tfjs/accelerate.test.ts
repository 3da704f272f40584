// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { backend, init } from '../backend.ts';
import { type Acceleration, accelerateTfjs } from './accelerate.ts';
import { dropInNames } from './catalogue.ts';

const registered = (name: string) => tf.getKernel(name, 'wasm')?.kernelFunc;

let stockFunctions: ReadonlyMap<string, unknown>;
let acceleration: Acceleration | undefined;

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await init();
  stockFunctions = new Map(dropInNames.map((name) => [name, registered(name)]));
});

afterEach(() => acceleration?.restore());

describe('accelerateTfjs', () => {
  test('replaces what tfjs has and adds what it lacks', async () => {
    acceleration = await accelerateTfjs();
    expect([...acceleration.added].sort()).toEqual([
      ...['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'],
      ...['DepthwiseConv2dNativeBackpropInput', 'Einsum', 'LogSoftmax', 'UnsortedSegmentSum'],
    ]);
    expect([...acceleration.replaced, ...acceleration.added].sort()).toEqual(
      [...dropInNames].sort(),
    );
    for (const name of dropInNames) expect(registered(name)).not.toBe(stockFunctions.get(name));
  });

  test('restore puts every kernel of tfjs back and takes ours out, once', async () => {
    acceleration = await accelerateTfjs();
    acceleration.restore();
    acceleration.restore();
    for (const name of dropInNames) expect(registered(name)).toBe(stockFunctions.get(name));
  });

  test('called twice, one restore is enough, and that of the first call does nothing', async () => {
    const first = await accelerateTfjs();
    acceleration = await accelerateTfjs();
    expect(acceleration.replaced).toEqual(first.replaced);
    expect(acceleration.added).toEqual(first.added);
    first.restore();
    expect(registered('Exp')).not.toBe(stockFunctions.get('Exp'));
    acceleration.restore();
    expect(registered('Exp')).toBe(stockFunctions.get('Exp'));
  });

  test('except leaves kernels as they are', async () => {
    acceleration = await accelerateTfjs({ except: ['Exp', 'Einsum'] });
    expect(registered('Exp')).toBe(stockFunctions.get('Exp'));
    expect(registered('Einsum')).toBeUndefined();
    expect(registered('Log')).not.toBe(stockFunctions.get('Log'));
    expect(acceleration.replaced).not.toContain('Exp');
  });

  test('a name that is not replaced is an error that lists the names', async () => {
    const options: object = { except: ['Conv2D'] };
    await expect(accelerateTfjs(options)).rejects.toThrow(
      /^accelerateTfjs: except must be of names among BatchMatMul, .*, got "Conv2D"\.$/,
    );
  });

  test('an unknown dtype of an added kernel is an error that names it', async () => {
    acceleration = await accelerateTfjs();
    const x = tf.tensor1d([true, false]);
    const ids = tf.tensor1d([0, 1], 'int32');
    expect(() => tf.unsortedSegmentSum(x, ids, 2)).toThrow(
      'UnsortedSegmentSum: the inputs must be of a dtype and shape that the WASM backend computes, ' +
        'got x: bool [2], segmentIds: int32 [2].',
    );
    tf.dispose([x, ids]);
  });
});

describe('memory', () => {
  test('a call leaves its output only, an error nothing', async () => {
    acceleration = await accelerateTfjs();
    const [a, b] = [tf.ones([3, 4]), tf.ones([4, 5])];
    const [x, filter] = [tf.ones<tf.Rank.R4>([2, 4, 4, 3]), tf.ones<tf.Rank.R4>([3, 3, 3, 3])];
    const before = [tf.memory(), tf.backend().numDataIds()];
    for (let i = 0; i < 50; i++) {
      tf.matMul(a, b).dispose();
      tf.einsum('ij,jk->ki', a, b).dispose();
      tf.softmax(a).dispose();
      tf.dispose(tf.unstack(a));
      tf.conv2dTranspose(x, filter, [2, 8, 8, 3], 2, 'same').dispose();
      expect(() => tf.matMul(a, a)).toThrow('inner sizes');
      expect(() => tf.einsum('ij,jk->ik', a, a)).toThrow();
    }
    expect([tf.memory(), tf.backend().numDataIds()]).toEqual(before);
    tf.dispose([a, b, x, filter]);
  });

  test('sizes that grow and shrink leave the heap as it was after the first round', async () => {
    acceleration = await accelerateTfjs();
    const round = () =>
      tf.tidy(() => {
        for (let n = 1; n < 400; n += 37)
          tf.matMul(tf.ones([n, 300]), tf.ones([n, 300]), false, true);
      });
    round();
    round();
    const { byteLength } = memoryBuffer();
    for (let i = 0; i < 20; i++) round();
    expect(memoryBuffer().byteLength).toBe(byteLength);
  });
});

// Last: the runtime that `init` started is gone after it.
test('a backend that tfjs makes anew gets kernels over its own memory', async () => {
  acceleration = await accelerateTfjs();
  const old = memoryBuffer();
  tf.engine().reset();
  tf.env().set('IS_TEST', true);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  const unchanged = Buffer.from(old.slice(0));
  const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  expect(Array.from(tf.matMul(a, a, false, true).dataSync())).toEqual([5, 11, 11, 25]);
  tf.exp(a)
    .dataSync()
    .forEach((value, i) => {
      expect(value).toBeCloseTo(Math.exp(i + 1), 4);
    });
  expect(unchanged.equals(Buffer.from(old))).toBe(true);
});

function memoryBuffer(): ArrayBuffer {
  const memory = backend().wasm.asm?.memory ?? backend().wasm.wasmMemory;
  if (memory === undefined) throw new Error('the memory is hidden.');
  if (!(memory.buffer instanceof ArrayBuffer)) throw new Error('the memory is shared.');
  return memory.buffer;
}
