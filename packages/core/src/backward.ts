// SPDX-License-Identifier: Apache-2.0
import { checkBackward } from './anomaly.ts';
import { argumentMessage, GradientError, ShapeError } from './errors.ts';
import { isRecording, record, stopRecording, type TensorSpec } from './recording.ts';
import { keep, tidy } from './scope.ts';
import { broadcastsTo, sameShape, showShape } from './shape.ts';
import { assertUnchanged, releaseSaved, type TapeNode } from './tape-node.ts';
import type { Tensor } from './tensor.ts';

/** The few ops that the reverse pass itself runs; the ops provide them. */
export interface BackwardArithmetic {
  onesLike(x: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  /** accumulator += x, unrecorded. */
  addInPlace(accumulator: Tensor, x: Tensor): void;
  /** Sums over the axes that broadcasting a tensor of `shape` would have repeated. */
  sumTo(x: Tensor, shape: readonly number[]): Tensor;
}

/** A reverse pass over recorded ops. */
export interface BackwardPass {
  /** Ops in the order they ran. */
  readonly nodes: readonly TapeNode[];
  readonly target: Tensor;
  readonly sources: readonly Tensor[];
  readonly outputGradient?: Tensor;
  readonly unconnected?: 'throw' | 'null';
  /** False frees what each op saved as soon as its rule has run. */
  readonly keepSaved: boolean;
}

/**
 * A gradient on its way. The first contribution is borrowed, the second allocates a sum, and only
 * such a sum, which nobody else holds, is added to in place.
 */
interface Accumulated {
  tensor: Tensor;
  isOwnSum: boolean;
}

let arithmetic: BackwardArithmetic;

/** Gives the reverse pass its arithmetic: it imports no op. */
export function provideArithmetic(ops: BackwardArithmetic): void {
  arithmetic = ops;
}

/**
 * d(target)/d(source) for each source, by one walk backward over the nodes: no recursion, so a tape
 * may be as long as memory allows.
 */
export function backward(pass: BackwardPass): (Tensor | null)[] {
  const { nodes, target, sources } = pass;
  const dependent = dependentIds(nodes, sources);
  const gradients = new Map<number, Accumulated>();
  const sourceIds = new Set(sources.map(({ id }) => id));
  try {
    if (dependent.has(target.id)) accumulate(gradients, target.id, seed(pass));
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      if (node === undefined) continue;
      const dys = node.outputs.map(({ id }) => gradients.get(id)?.tensor ?? null);
      const isNeeded =
        dys.some((dy) => dy !== null) && node.inputs.some(({ id }) => dependent.has(id));
      if (isNeeded) propagate(pass, node, dys, dependent, gradients);
      if (!pass.keepSaved) releaseSaved(node);
      for (const { id } of node.outputs) if (!sourceIds.has(id)) discard(gradients, id);
    }
    return sources.map((source) => collect(pass, gradients, source));
  } finally {
    for (const id of [...gradients.keys()]) discard(gradients, id);
  }
}

/** The ids of tensors whose value depends on a source. */
function dependentIds(nodes: readonly TapeNode[], sources: readonly Tensor[]): ReadonlySet<number> {
  const dependent = new Set(sources.map(({ id }) => id));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some(({ id }) => dependent.has(id))) {
      for (const { id, dtype } of outputs) if (dtype === 'float32') dependent.add(id);
    }
  }
  return dependent;
}

function seed({ target, outputGradient }: BackwardPass): Tensor {
  if (outputGradient === undefined) return arithmetic.onesLike(target);
  if (!sameShape(outputGradient.shape, target.shape)) {
    throw new ShapeError(
      argumentMessage({
        op: 'gradient',
        argument: 'outputGradient',
        expected: `of the target's shape ${showShape(target.shape)}`,
        received: showShape(outputGradient.shape),
      }),
    );
  }
  return outputGradient.cloneHandle();
}

/** Runs one node's rule and adds what it gives to the gradients of the node's inputs. */
function propagate(
  pass: BackwardPass,
  node: TapeNode,
  dys: readonly (Tensor | null)[],
  dependent: ReadonlySet<number>,
  gradients: Map<number, Accumulated>,
): void {
  assertUnchanged(node);
  const contributions = tidy(() => {
    const { saved, inputs, outputs } = node;
    const mayOverwrite = !pass.keepSaved && !isRecording();
    const run = () =>
      node.rule({ dys, saved, inputs, outputs, mayOverwrite }).map((gradient, i) => {
        const input = inputs[i];
        if (gradient === null || input === undefined || !dependent.has(input.id)) return null;
        return fit(node, i, input, gradient());
      });
    const results = node.onceDifferentiable ? stopRecording(run) : run();
    if (node.onceDifferentiable && isRecording()) forbidSecondDerivative(node, dys, results);
    // Handles of their own: a rule may hand on `dy`, or one tensor for two inputs.
    return results.map((result) => result?.cloneHandle() ?? null);
  });
  contributions.forEach((contribution, i) => {
    const input = node.inputs[i];
    if (contribution !== null && input !== undefined) {
      accumulate(gradients, input.id, contribution);
    }
  });
}

/** Reverses a broadcast and checks what a rule returned. */
function fit(node: TapeNode, index: number, input: TensorSpec, gradient: Tensor): Tensor {
  const fits = sameShape(gradient.shape, input.shape);
  const canReduce = node.broadcasts && broadcastsTo(input.shape, gradient.shape);
  if (gradient.dtype !== 'float32' || !(fits || canReduce)) {
    throw new GradientError(
      `gradient: the rule of ${node.origin} must give float32 ${showShape(input.shape)} for its ` +
        `input ${index}, got ${gradient.dtype} ${showShape(gradient.shape)}. Mend the op's rule.`,
    );
  }
  const result = fits ? gradient : arithmetic.sumTo(gradient, input.shape);
  checkBackward(node.origin, index, result);
  return result;
}

/** Adds a contribution, whose handle the map takes over. */
function accumulate(gradients: Map<number, Accumulated>, id: number, contribution: Tensor): void {
  keep(contribution);
  const held = gradients.get(id);
  if (held === undefined) {
    gradients.set(id, { tensor: contribution, isOwnSum: false });
    return;
  }
  if (held.isOwnSum && !isRecording()) arithmetic.addInPlace(held.tensor, contribution);
  else {
    const sum = keep(arithmetic.add(held.tensor, contribution));
    held.tensor.dispose();
    gradients.set(id, { tensor: sum, isOwnSum: true });
  }
  contribution.dispose();
}

function discard(gradients: Map<number, Accumulated>, id: number): void {
  gradients.get(id)?.tensor.dispose();
  gradients.delete(id);
}

/** A source's gradient as a tensor of the caller's scope. */
function collect(
  { target, unconnected = 'throw' }: BackwardPass,
  gradients: ReadonlyMap<number, Accumulated>,
  source: Tensor,
): Tensor | null {
  const found = gradients.get(source.id);
  if (found !== undefined) return found.tensor.cloneHandle();
  if (unconnected === 'null') return null;
  throw new GradientError(
    `gradient: the target (${target.origin}) does not depend on the source ${showShape(source.shape)} ` +
      `made by ${source.origin}. Was the source watched before use, and the target computed inside ` +
      "record()? Pass { unconnected: 'null' } when that is expected.",
  );
}

/** Makes an outer tape that would differentiate this gradient again say why it cannot. */
function forbidSecondDerivative(
  node: TapeNode,
  dys: readonly (Tensor | null)[],
  results: readonly (Tensor | null)[],
): void {
  const isTensor = (tensor: Tensor | null): tensor is Tensor => tensor !== null;
  record({
    name: `gradient of ${node.name}`,
    inputs: [...dys.filter(isTensor), ...node.saved],
    outputs: results.filter(isTensor),
    saved: () => [],
    broadcasts: false,
    onceDifferentiable: true,
    rule: () => {
      throw new GradientError(
        `gradient: ${node.name} is a fused op with a first derivative only; a second derivative ` +
          'was asked for. Use its unfused form.',
      );
    },
  });
}
