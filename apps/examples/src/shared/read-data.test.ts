// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import { UserError } from '@tapeloop/train/node';
import { expect, it } from 'vitest';
import { readData } from './read-data.ts';

it('says in one line which option names a text that cannot be read', () => {
  expect(() => readData(tmpdir())).toThrow(UserError);
  expect(() => readData(tmpdir())).toThrow(/^--data: cannot read [^\n]+$/);
});
