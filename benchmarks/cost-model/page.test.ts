// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { figure } from './figure.ts';
import { withGeneratedPart } from './page.ts';
import { readParameters } from './parameters.ts';
import { tables } from './tables.ts';

const docs = new URL('../../docs/', import.meta.url);
const again = 'run node benchmarks/cost-model/draw.ts';
const page = readFileSync(new URL('cost-model.md', docs), 'utf8');
const drawn = readFileSync(new URL('figures/cost-model.svg', docs), 'utf8');

test('the tables of the page are what the model gives with the fitted parameters', () => {
  expect(withGeneratedPart(page, tables(readParameters())), again).toBe(page);
});

test('the figure is what the model gives with the fitted parameters', () => {
  expect(figure(readParameters()), again).toBe(drawn);
});

describe('withGeneratedPart', () => {
  it('replaces what is between the comments, and nothing else', () => {
    const [before = ''] = page.split('<!-- Written by');
    const changed = withGeneratedPart(page, 'other');
    expect(changed.startsWith(before)).toBe(true);
    expect(changed).toContain('from here … -->\n\nother\n\n<!-- … to here. -->');
    expect(withGeneratedPart(changed, tables(readParameters()))).toBe(page);
  });

  it('refuses a page without the comments', () => {
    expect(() => withGeneratedPart('# Page\n', 'other')).toThrow('page: text must have');
  });
});
