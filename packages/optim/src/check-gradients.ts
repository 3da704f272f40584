// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DTypeError,
  type Gradient,
  GradientError,
  IndexedSlices,
  type Parameter,
  ShapeError,
  type SparseGradients,
  sameShape,
  showShape,
  tensorsIn,
} from '@tapeloop/core';
import { valuesOf } from './sparse-gradients.ts';

/**
 * Checks that there is one gradient for each trainable parameter and no other, float32 and of the
 * parameter's shape. Changes nothing.
 *
 * @throws GradientError, DTypeError or ShapeError naming the parameter.
 */
export function checkGradients(
  op: string,
  gradients: SparseGradients,
  parameters: ReadonlySet<Parameter>,
): void {
  for (const parameter of parameters) {
    if (parameter.trainable && !gradients.has(parameter)) {
      throw new GradientError(
        `${op}: gradients must have one for every trainable parameter, but ${parameter.name} has ` +
          'none. Compute it, or set its trainable to false.',
      );
    }
  }
  for (const [parameter, gradient] of gradients) {
    checkOwner(op, parameter, parameters);
    checkGradient(op, parameter, gradient);
  }
}

/** The error that names the first gradient with an element that is NaN or infinite. */
export function notFinite(op: string, gradients: SparseGradients): GradientError {
  for (const [{ name }, gradient] of gradients) {
    const view = valuesOf(gradient).view();
    const at = view.findIndex((value) => !Number.isFinite(value));
    if (at === -1) continue;
    return new GradientError(
      argumentMessage({
        op,
        argument: `gradient of ${name}`,
        expected: 'finite',
        received: `${view[at]} at ${describePlace(gradient, at)}`,
        hint: 'Nothing was changed. detectAnomaly names the op that made it.',
      }),
    );
  }
  return new GradientError(`${op}: gradients must have a finite norm.`);
}

/** Where the element `at` of a gradient's values is. */
function describePlace(gradient: Gradient, at: number): string {
  if (!(gradient instanceof IndexedSlices)) return `element ${at}`;
  const { values, indices } = gradient;
  const width = values.size / indices.size;
  return `element ${at % width} of row ${indices.view()[Math.floor(at / width)]}`;
}

function checkOwner(op: string, parameter: Parameter, parameters: ReadonlySet<Parameter>): void {
  if (!parameters.has(parameter)) {
    throw new GradientError(
      `${op}: gradients has one for ${parameter.name}, which this optimizer was not given. Pass the ` +
        'parameter to the constructor, or leave its gradient out.',
    );
  }
  if (!parameter.trainable) {
    throw new GradientError(
      `${op}: gradients has one for ${parameter.name}, whose trainable is false. Leave it out, or ` +
        'set trainable to true.',
    );
  }
}

function checkGradient(op: string, { name, shape }: Parameter, gradient: Gradient): void {
  for (const tensor of tensorsIn(gradient)) tensor.assertAlive();
  const argument = `gradient of ${name}`;
  const { dtype } = valuesOf(gradient);
  if (dtype !== 'float32') {
    throw new DTypeError(argumentMessage({ op, argument, expected: 'float32', received: dtype }));
  }
  if (sameShape(gradient.shape, shape)) return;
  const expected = `of shape ${showShape(shape)}`;
  throw new ShapeError(
    argumentMessage({ op, argument, expected, received: showShape(gradient.shape) }),
  );
}
