// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import {
  type DrawLog,
  defaultRandomStream,
  RandomStream,
  replayDraws,
  setSeed,
  withDrawLog,
} from './random.ts';

test('a draw takes whole blocks of four words; the counter carries through all four words', () => {
  const stream = new RandomStream(7);
  expect(stream.draw(5).counter).toEqual([0, 0, 0, 0]);
  expect(stream.draw(1).counter).toEqual([2, 0, 0, 0]);
  expect(stream.draw(0).counter).toEqual([3, 0, 0, 0]);
  const { key } = stream.state();
  stream.restore({ key, counter: [0xffffffff, 0xffffffff, 0xffffffff, 1] });
  stream.draw(4);
  expect(stream.state().counter).toEqual([0, 0, 0, 2]);
  stream.restore({ key, counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff] });
  stream.draw(4);
  expect(stream.state().counter).toEqual([0, 0, 0, 0]);
});

test('a seed is the key; negative seeds are two’s complement', () => {
  expect(new RandomStream(5).state().key).toEqual([5, 0]);
  expect(new RandomStream(2 ** 40 + 3).state().key).toEqual([3, 256]);
  expect(new RandomStream(-1).state().key).toEqual([0xffffffff, 0xffffffff]);
  expect(() => new RandomStream(0.5)).toThrow('seed must be a safe integer, got 0.5');
});

test('forks differ by name and by parent, repeat by name, and draw nothing', () => {
  const stream = new RandomStream(1);
  const key = (s: RandomStream) => s.state().key.join();
  const names = Array.from({ length: 1000 }, (_, i) => `layer${i}/dropout`);
  expect(new Set(names.map((name) => key(stream.fork(name)))).size).toBe(1000);
  expect(key(stream.fork('a'))).toBe(key(new RandomStream(1).fork('a')));
  expect(key(stream.fork('a'))).not.toBe(key(new RandomStream(2).fork('a')));
  expect(stream.state().counter).toEqual([0, 0, 0, 0]);
});

test('state survives JSON; restore refuses the state of another stream', () => {
  const stream = new RandomStream(3);
  stream.draw(100);
  const saved = JSON.parse(JSON.stringify(stream.state()));
  const next = stream.draw(4);
  stream.restore(saved);
  expect(stream.draw(4)).toEqual(next);
  expect(new RandomStream(saved).draw(4)).toEqual(next);
  expect(() => new RandomStream(4).restore(saved)).toThrow('another seed or name');
});

test('setSeed starts the default stream again', () => {
  setSeed(11);
  const first = defaultRandomStream().draw(8);
  defaultRandomStream().draw(8);
  setSeed(11);
  expect(defaultRandomStream().draw(8)).toEqual(first);
});

test('a log of draws can be replayed, nested too; streams do not move', () => {
  const stream = new RandomStream(9);
  const [outer, inner]: [DrawLog, DrawLog] = [[], []];
  withDrawLog(outer, () => {
    stream.draw(4);
    withDrawLog(inner, () => stream.draw(4));
  });
  expect(outer.map(({ counter }) => counter[0])).toEqual([0, 1]);
  const again: DrawLog = [];
  const drawn = replayDraws(outer, () => [
    stream.draw(4),
    withDrawLog(again, () => stream.draw(4)),
  ]);
  expect(drawn).toEqual(outer);
  expect(again).toEqual(inner);
  expect(stream.state().counter).toEqual([2, 0, 0, 0]);
  expect(() => replayDraws([], () => stream.draw(1))).toThrow('as many random numbers each time');
});
