// SPDX-License-Identifier: Apache-2.0
import { checkBackward } from './anomaly.ts';
import { arithmetic } from './backward-arithmetic.ts';
import { argumentMessage, GradientError, ShapeError } from './errors.ts';
import { GradientSums } from './gradient-sums.ts';
import { type Gradient, valuesOf } from './indexed-slices.ts';
import {
  type InputGradient,
  isRecording,
  record,
  stopRecording,
  type TensorSpec,
} from './recording.ts';
import { dispose, tidy } from './scope.ts';
import { broadcastsTo, sameShape, showShape } from './shape.ts';
import { assertUnchanged, releaseSaved, type TapeNode } from './tape-node.ts';
import { Tensor } from './tensor.ts';
import { mapTensors } from './tree.ts';

/** A reverse pass over recorded ops. */
export interface BackwardPass {
  /** Ops in the order they ran. */
  readonly nodes: readonly TapeNode[];
  readonly target: Tensor;
  readonly sources: readonly Tensor[];
  /** Sources whose gradient may come as slices. */
  readonly sparse?: readonly Tensor[];
  readonly outputGradient?: Tensor;
  readonly unconnected?: 'throw' | 'null';
  /** Told of each source's gradient as soon as nothing can be added to it any more. */
  readonly onGradient?: (source: Tensor, gradient: Gradient) => void;
  /** False frees what each op saved as soon as its rule has run. */
  readonly keepSaved: boolean;
}

/**
 * d(target)/d(source) for each source, by one walk backward over the nodes: no recursion, so a tape
 * may be as long as memory allows.
 */
export function backward(pass: BackwardPass): (Gradient | null)[] {
  const { nodes, target, sources } = pass;
  const dependent = dependentIds(nodes, sources);
  const gradients = new GradientSums();
  const sourceIds = new Set(sources.map(({ id }) => id));
  const completed = pass.onGradient === undefined ? undefined : sourcesByFirstUse(nodes, sources);
  try {
    if (dependent.has(target.id)) gradients.add(target.id, seed(pass));
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      if (node === undefined) continue;
      const dys = node.outputs.map(({ id }) => gradients.dense(id));
      const isNeeded =
        dys.some((dy) => dy !== null) && node.inputs.some(({ id }) => dependent.has(id));
      if (isNeeded) propagate(pass, node, dys, dependent, gradients);
      if (!pass.keepSaved) releaseSaved(node);
      for (const source of completed?.get(i) ?? []) {
        const gradient = gradients.get(source.id);
        if (gradient !== undefined) pass.onGradient?.(source, gradient);
      }
      for (const { id } of node.outputs) if (!sourceIds.has(id)) gradients.discard(id);
    }
    return sources.map((source) => collect(pass, gradients, source));
  } finally {
    gradients.dispose();
  }
}

/** The sources by the number of the first op that uses them: the last that adds to their gradients. */
function sourcesByFirstUse(
  nodes: readonly TapeNode[],
  sources: readonly Tensor[],
): ReadonlyMap<number, readonly Tensor[]> {
  const unseen = new Map(sources.map((source) => [source.id, source]));
  const found = new Map<number, Tensor[]>();
  nodes.forEach(({ inputs }, i) => {
    for (const { id } of inputs) {
      const source = unseen.get(id);
      if (source === undefined) continue;
      unseen.delete(id);
      found.set(i, [...(found.get(i) ?? []), source]);
    }
  });
  return found;
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
  if (outputGradient === undefined) return arithmetic().onesLike(target);
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
  gradients: GradientSums,
): void {
  assertUnchanged(node);
  const contributions = tidy(() => {
    const { saved, inputs, outputs } = node;
    const mayOverwrite = !pass.keepSaved && !isRecording();
    const run = () =>
      node.rule({ dys, saved, inputs, outputs, mayOverwrite }).map((gradient, i) => {
        const input = inputs[i];
        if (gradient === null || input === undefined || !dependent.has(input.id)) return null;
        return fit(node, i, input, evaluate(pass, input, gradient));
      });
    const results = node.onceDifferentiable ? stopRecording(run) : run();
    if (node.onceDifferentiable && isRecording()) forbidSecondDerivative(node, dys, results);
    // Handles of their own: a rule may hand on `dy`, or one tensor for two inputs.
    return results.map((result) => mapTensors(result, (tensor) => tensor.cloneHandle()));
  });
  try {
    contributions.forEach((contribution, i) => {
      const input = node.inputs[i];
      if (contribution !== null && input !== undefined) gradients.add(input.id, contribution);
    });
  } catch (error) {
    dispose(contributions);
    throw error;
  }
}

/** One input's gradient: as slices where that is allowed, possible, and nobody records it. */
function evaluate(
  { sparse = [] }: BackwardPass,
  input: TensorSpec,
  gradient: Exclude<InputGradient, null>,
): Gradient {
  if (typeof gradient === 'function') return gradient();
  const wantsSlices = !isRecording() && sparse.some(({ id }) => id === input.id);
  return wantsSlices ? arithmetic().coalesce(gradient.slices()) : gradient.dense();
}

/** Reverses a broadcast and checks what a rule returned. */
function fit(node: TapeNode, index: number, input: TensorSpec, gradient: Gradient): Gradient {
  const fits = sameShape(gradient.shape, input.shape);
  const canReduce = node.broadcasts && broadcastsTo(input.shape, gradient.shape);
  const { dtype } = valuesOf(gradient);
  if (dtype !== 'float32' || !(fits || canReduce)) {
    throw new GradientError(
      `gradient: the rule of ${node.origin} must give float32 ${showShape(input.shape)} for its ` +
        `input ${index}, got ${dtype} ${showShape(gradient.shape)}. Mend the op's rule.`,
    );
  }
  const { sumTo, toDense } = arithmetic();
  const result = fits ? gradient : sumTo(toDense(gradient), input.shape);
  checkBackward(node.origin, index, valuesOf(result));
  return result;
}

/** A source's gradient, its tensors the caller's scope's. */
function collect(
  { target, unconnected = 'throw' }: BackwardPass,
  gradients: GradientSums,
  source: Tensor,
): Gradient | null {
  const found = gradients.get(source.id);
  if (found !== undefined) return mapTensors(found, (tensor) => tensor.cloneHandle());
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
  results: readonly (Gradient | null)[],
): void {
  const isTensor = (gradient: Gradient | null): gradient is Tensor => gradient instanceof Tensor;
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
