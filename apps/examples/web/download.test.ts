// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { fileName } from './download.ts';

it.each([
  ['Moby-Dick', 400, 'moby-dick-step-400.safetensors'],
  ['notes (old).md', 1, 'notes-old-step-1.safetensors'],
  ['Кит и Ко.txt', 20, 'кит-и-ко-step-20.safetensors'],
  ['../../etc/passwd', 3, 'etc-passwd-step-3.safetensors'],
  ['.txt', 2, 'model-step-2.safetensors'],
])('fileName of %s after step %i is %s', (name, step, expected) => {
  expect(fileName(name, step)).toBe(expected);
});
