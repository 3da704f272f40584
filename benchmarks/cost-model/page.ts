// SPDX-License-Identifier: Apache-2.0

const begin = '<!-- Written by benchmarks/cost-model/draw.ts from here … -->';
const end = '<!-- … to here. -->';

/**
 * A page with another text between its two comments.
 *
 * @throws RangeError when the page lacks one of them.
 */
export function withGeneratedPart(page: string, part: string): string {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end);
  if (start < 0 || stop < start) {
    throw new RangeError(`page: text must have "${begin}" and then "${end}", got none. Add them.`);
  }
  return `${page.slice(0, start + begin.length)}\n\n${part}\n\n${page.slice(stop)}`;
}
