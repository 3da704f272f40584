// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import { type Shape, showShape } from '../shape.ts';

/** A name for each axis, outermost first: a letter, or `.1`, `.2`, … for those of an ellipsis. */
export type Labels = readonly string[];

/** An equation, resolved for given shapes. */
export interface EinsumPlan {
  readonly inputs: readonly Labels[];
  readonly output: Labels;
}

/**
 * Reads an equation such as `bij,bjk->bik`.
 *
 * Axes of an ellipsis are counted from its right end, as broadcasting aligns them: `.1` is the last.
 *
 * @throws ValueError when the notation is wrong, ShapeError when it does not fit the shapes. Both name
 *   the subscript.
 */
export function parseEinsum(equation: string, shapes: readonly Shape[]): EinsumPlan {
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  if (more.length > 0) throw wrong(equation, "of one '->' at most");
  if (terms.length !== shapes.length) {
    throw wrong(equation, `of one subscript for each of the ${shapes.length} operands`);
  }
  for (const term of [...terms, right ?? '']) checkTerm(equation, term);
  const inputs = terms.map((term, i) => labelsOf(equation, term, shapes[i] ?? []));
  const all = inputs.flat();
  const ellipsis = uniqueSorted(all.filter(isEllipsis)).sort((a, b) => rankOf(b) - rankOf(a));
  const once = uniqueSorted(all.filter((label) => !isEllipsis(label) && isOnce(label, all)));
  const output =
    right === undefined ? [...ellipsis, ...once] : outputLabels(equation, right, ellipsis);
  const unknown = output.find((label) => !all.includes(label));
  if (unknown !== undefined) {
    throw wrong(equation, `one whose output subscripts are in an input: '${unknown}' is not`);
  }
  return { inputs, output };
}

/**
 * The size of each label.
 *
 * @throws ShapeError when an axis has another size than its label has elsewhere: only those of an
 *   ellipsis broadcast.
 */
export function sizesOf(
  equation: string,
  inputs: readonly Labels[],
  shapes: readonly Shape[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const size = shapes[operand]?.[axis] ?? 1;
      const known = sizes.get(label);
      if (known === undefined || (isEllipsis(label) && known === 1)) sizes.set(label, size);
      else if (known !== size && !(isEllipsis(label) && size === 1)) {
        const name = isEllipsis(label) ? '...' : label;
        throw new ShapeError(
          `einsum: the sizes of subscript '${name}' in ${JSON.stringify(equation)} must agree, got ` +
            `${known} and, in operand ${operand} of shape ${showShape(shapes[operand] ?? [])}, ${size}.`,
        );
      }
    });
  });
  return sizes;
}

/** True for a label of an ellipsis's axis, which broadcasts. */
export function isEllipsis(label: string): boolean {
  return label.startsWith('.');
}

function labelsOf(equation: string, term: string, shape: Shape): string[] {
  const [before = '', after] = term.split('...');
  const named = before.length + (after?.length ?? 0);
  const hasRank = after === undefined ? named === shape.length : named <= shape.length;
  if (!hasRank) {
    throw new ShapeError(
      `einsum: subscript '${term}' of ${JSON.stringify(equation)} names ${named} axes` +
        `${after === undefined ? '' : ' or more'}, but its operand has shape ${showShape(shape)}.`,
    );
  }
  if (after === undefined) return [...before];
  const count = shape.length - named;
  const hidden = Array.from({ length: count }, (_, i) => `.${count - i}`);
  return [...before, ...hidden, ...after];
}

function outputLabels(equation: string, right: string, ellipsis: Labels): Labels {
  const [before = '', after] = right.split('...');
  const labels = [...before, ...(after ?? '')];
  if (new Set(labels).size !== labels.length) {
    throw wrong(equation, 'free of repeats in its output');
  }
  if (after === undefined && ellipsis.length > 0) {
    throw wrong(equation, "one with '...' in its output, as it is in an input");
  }
  return [...before, ...ellipsis, ...(after ?? '')];
}

function checkTerm(equation: string, term: string): void {
  if (/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term)) return;
  throw wrong(equation, `made of letters and at most one '...' a subscript: '${term}' is not`);
}

function wrong(equation: string, expected: string): ValueError {
  return new ValueError(
    argumentMessage({ op: 'einsum', argument: 'equation', expected, received: equation }),
  );
}

function isOnce(label: string, all: readonly string[]): boolean {
  return all.indexOf(label) === all.lastIndexOf(label);
}

function uniqueSorted(labels: readonly string[]): string[] {
  return [...new Set(labels)].sort();
}

function rankOf(label: string): number {
  return Number(label.slice(1));
}
