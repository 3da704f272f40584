// SPDX-License-Identifier: Apache-2.0
// Where the time of fused training steps goes. Arguments: build, hidden, batch, time, steps. Prints JSON: the share of
// each step outside our kernels, by the clock; and that of each source file, of WebAssembly and of the garbage
// collector, by V8's sampling profiler, which itself slows scripts.

import { Session } from 'node:inspector/promises';
import { init } from '@tapeloop/core';
import { buildOptions } from '../training-step/build-options.ts';
import { LanguageModelTrainer } from '../training-step/language-model.ts';
import { workload } from '../training-step/workload.ts';
import { clockKernels } from './kernel-clock.ts';

const [build = 'relaxed', ...sizes] = process.argv.slice(2);
const [hidden = 0, batch = 0, time = 0, steps = 0] = sizes.map(Number);
const microseconds = 500;
const clock = clockKernels();
await init(buildOptions(build));
const trainer = new LanguageModelTrainer(workload(hidden, batch, time));
// V8 compiles a script well after some thousand calls: steps of a tiny model take it there in a second.
const small = new LanguageModelTrainer(workload(8, 2, 2));
for (let i = 0; i < 3000; i++) small.step();
for (let i = 0; i < 5; i++) trainer.step();

const outside: number[] = [];
for (let i = 0; i < steps; i++) {
  const [before, start] = [clock.milliseconds(), performance.now()];
  trainer.step();
  const whole = performance.now() - start;
  outside.push((whole - (clock.milliseconds() - before)) / whole);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: microseconds });
await session.post('Profiler.start');
const start = performance.now();
for (let i = 0; i < steps; i++) trainer.step();
const milliseconds = (performance.now() - start) / steps;
const { profile } = await session.post('Profiler.stop');
session.disconnect();

const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
const [places, functions] = [new Map<string, number>(), new Map<string, number>()];
let total = 0;
profile.samples?.forEach((id, i) => {
  const frame = frames.get(id);
  const duration = profile.timeDeltas?.[i] ?? 0;
  if (frame === undefined || isOutsideSteps(frame)) return;
  total += duration;
  const place = placeOf(frame);
  places.set(place, (places.get(place) ?? 0) + duration);
  const name = `${place} ${frame.functionName}`;
  functions.set(name, (functions.get(name) ?? 0) + duration);
});
console.log(
  JSON.stringify({
    milliseconds,
    outside,
    places: sharesOf(places),
    functions: sharesOf(functions),
  }),
);

interface Frame {
  readonly url: string;
  readonly functionName: string;
}

/** The profiler itself, and what waits for it. */
function isOutsideSteps({ url, functionName }: Frame): boolean {
  return url === 'node:inspector' || functionName === '(idle)' || functionName === '(root)';
}

/** `wasm`, the last two parts of a file's path, or V8's own name for what has no file. */
function placeOf({ url, functionName }: Frame): string {
  if (url.startsWith('wasm:')) return 'wasm';
  if (url === '') return functionName.startsWith('(') ? functionName : 'built-in';
  return url.split('/').slice(-2).join('/');
}

function sharesOf(durations: ReadonlyMap<string, number>): [string, number][] {
  const sorted = [...durations].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, duration]) => [name, duration / total]);
}
