// SPDX-License-Identifier: Apache-2.0
import { range } from '../create.ts';
import { argumentMessage } from '../errors.ts';
import { tidy } from '../scope.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { mul } from './arithmetic.ts';
import { isEllipsis, type Labels, parseEinsum, sizesOf } from './einsum-equation.ts';
import { gather } from './gather.ts';
import { matMul } from './mat-mul.ts';
import { checkTensor } from './operand.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { transpose } from './transpose.ts';

/** What the axes of two operands are to their product. */
interface Roles {
  /** In both, and in the result. */
  readonly batch: Labels;
  /** In both, and summed over. */
  readonly inner: Labels;
  /** In the left one only. */
  readonly rows: Labels;
  /** In the right one only. */
  readonly columns: Labels;
}

/** A tensor and the names of its axes. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: Labels;
}

/**
 * Products of tensors summed over named axes, in Einstein's notation: `einsum('bij,bjk->bik', a, b)`
 * multiplies batches of matrices.
 *
 * Every letter names an axis; `...` stands for any others, which broadcast. Axes that are not in the
 * output are summed over; a letter twice in one subscript takes the diagonal. Without `->`, the
 * output has the ellipsis and then the letters that appear once, in alphabetical order. Spaces do not
 * count. More than two operands are multiplied from left to right.
 *
 * @param operands float32, one for each subscript.
 * @throws ValueError when the notation is wrong, ShapeError when it does not fit the shapes; both
 *   name the subscript.
 * @see NumPy's `einsum`, whose notation this is; sizes of 1 broadcast only under an ellipsis.
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  if (typeof equation !== 'string') {
    const expected = 'a string';
    throw new TypeError(
      argumentMessage({ op: 'einsum', argument: 'equation', expected, received: equation }),
    );
  }
  operands.forEach((operand, i) => checkTensor('einsum', `operands[${i}]`, operand));
  const shapes = operands.map(({ shape }) => shape);
  const { inputs, output } = parseEinsum(equation, shapes);
  const labelSizes = sizesOf(equation, inputs, shapes);
  return tidy(() => {
    const terms = operands.map((tensor, i) =>
      dropBroadcast(diagonal({ tensor, labels: inputs[i] ?? [] }), labelSizes),
    );
    const product = terms.reduce((left, right, i) => {
      const later = terms.slice(i + 1).flatMap(({ labels }) => labels);
      return contract(left, right, new Set([...output, ...later]));
    });
    return inOrder(sumOut(product, new Set(output)), output);
  });
}

/** Takes the diagonal where one label names two axes: a gather of every (n + 1)-th element. */
function diagonal({ tensor, labels }: Labelled): Labelled {
  const label = labels.find((each, axis) => labels.indexOf(each) !== axis);
  if (label === undefined) return { tensor, labels };
  const first = labels.indexOf(label);
  const second = labels.indexOf(label, first + 1);
  const others = labels.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
  const front = transpose(tensor, [first, second, ...others]);
  const [n = 0, , ...rest] = front.shape;
  const flat = reshape(front, [n * n, ...rest]);
  const entries = gather(flat, range(0, n * n, n + 1, 'int32'));
  const left = others.map((axis) => labels[axis] ?? '');
  return diagonal({ tensor: entries, labels: [label, ...left] });
}

/** Drops an ellipsis's axes of size 1 that another operand has larger: multiplying repeats them. */
function dropBroadcast(
  { tensor, labels }: Labelled,
  labelSizes: ReadonlyMap<string, number>,
): Labelled {
  const keeps = (label: string, axis: number) =>
    !(isEllipsis(label) && tensor.shape[axis] === 1 && labelSizes.get(label) !== 1);
  const kept = labels.filter(keeps);
  if (kept.length === labels.length) return { tensor, labels };
  const shape = tensor.shape.filter((_, axis) => keeps(labels[axis] ?? '', axis));
  return { tensor: reshape(tensor, shape), labels: kept };
}

/** The product of two operands, summed over what neither the output nor a later operand needs. */
function contract(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
  const left = sumOut(a, new Set([...needed, ...b.labels]));
  const right = sumOut(b, new Set([...needed, ...left.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const roles: Roles = {
    batch: shared.filter((label) => needed.has(label)),
    inner: shared.filter((label) => !needed.has(label)),
    rows: left.labels.filter((label) => !shared.includes(label)),
    columns: right.labels.filter((label) => !shared.includes(label)),
  };
  const { batch, inner, rows, columns } = roles;
  const isMatrixProduct = inner.length > 0 && rows.length + columns.length > 0;
  const multiply = isMatrixProduct ? byMatrices : byElements;
  return { tensor: multiply(left, right, roles), labels: [...batch, ...rows, ...columns] };
}

/** `[batch, rows, inner] · [batch, inner, columns]`; either factor may lie transposed. */
function byMatrices(left: Labelled, right: Labelled, roles: Roles): Tensor {
  const { batch, inner, rows, columns } = roles;
  const transposeA = sameLabels(left.labels, [...batch, ...inner, ...rows]);
  const transposeB = sameLabels(right.labels, [...batch, ...columns, ...inner]);
  const a = transposeA ? matrices(left, batch, inner, rows) : matrices(left, batch, rows, inner);
  const b = transposeB
    ? matrices(right, batch, columns, inner)
    : matrices(right, batch, inner, columns);
  const product = matMul(a, b, { transposeA, transposeB });
  const lengths = [...sizes(left, [...batch, ...rows]), ...sizes(right, columns)];
  return reshape(product, lengths);
}

/** `[batch, rows, 1, inner] * [batch, 1, columns, inner]`, summed over inner axes. */
function byElements(left: Labelled, right: Labelled, roles: Roles): Tensor {
  const { batch, inner, rows, columns } = roles;
  const [ones, more] = [rows.map(() => 1), columns.map(() => 1)];
  const a = inOrder(left, [...batch, ...rows, ...inner]);
  const b = inOrder(right, [...batch, ...columns, ...inner]);
  const [shared, summed] = [sizes(left, batch), sizes(left, inner)];
  const product = mul(
    reshape(a, [...shared, ...sizes(left, rows), ...more, ...summed]),
    reshape(b, [...shared, ...ones, ...sizes(right, columns), ...summed]),
  );
  return inner.length === 0 ? product : sum(product, { axis: inner.map((_, i) => -1 - i) });
}

/** The operand as a batch of matrices whose rows and columns each hold several axes. */
function matrices(operand: Labelled, batch: Labels, rows: Labels, columns: Labels): Tensor {
  const shape = [sizeOf(sizes(operand, rows)), sizeOf(sizes(operand, columns))];
  const tensor = inOrder(operand, [...batch, ...rows, ...columns]);
  return reshape(tensor, [...sizes(operand, batch), ...shape]);
}

/** The tensor with its axes in the order of `labels`: a view where they are in it already. */
function inOrder({ tensor, labels }: Labelled, order: Labels): Tensor {
  return transpose(
    tensor,
    order.map((label) => labels.indexOf(label)),
  );
}

function sizes({ tensor, labels }: Labelled, of: Labels): Shape {
  return of.map((label) => tensor.shape[labels.indexOf(label)] ?? 1);
}

function sameLabels(a: Labels, b: Labels): boolean {
  return a.length === b.length && a.every((label, axis) => label === b[axis]);
}

function sumOut({ tensor, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return {
    tensor: sum(tensor, { axis: axes }),
    labels: labels.filter((label) => needed.has(label)),
  };
}
