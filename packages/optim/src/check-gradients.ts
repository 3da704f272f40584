// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DTypeError,
  GradientError,
  type Gradients,
  type Parameter,
  ShapeError,
  sameShape,
  showShape,
  type Tensor,
} from '@tapeloop/core';

/**
 * Checks that there is one gradient for each trainable parameter and no other, float32 and of the
 * parameter's shape. Changes nothing.
 *
 * @throws GradientError, DTypeError or ShapeError naming the parameter.
 */
export function checkGradients(
  op: string,
  gradients: Gradients,
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
export function notFinite(op: string, gradients: Gradients): GradientError {
  for (const [{ name }, gradient] of gradients) {
    const view = gradient.view();
    const at = view.findIndex((value) => !Number.isFinite(value));
    if (at === -1) continue;
    return new GradientError(
      argumentMessage({
        op,
        argument: `gradient of ${name}`,
        expected: 'finite',
        received: `${view[at]} at element ${at}`,
        hint: 'Nothing was changed. detectAnomaly names the op that made it.',
      }),
    );
  }
  return new GradientError(`${op}: gradients must have a finite norm.`);
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

function checkGradient(op: string, { name, shape }: Parameter, gradient: Tensor): void {
  gradient.assertAlive();
  const argument = `gradient of ${name}`;
  if (gradient.dtype !== 'float32') {
    throw new DTypeError(
      argumentMessage({ op, argument, expected: 'float32', received: gradient.dtype }),
    );
  }
  if (sameShape(gradient.shape, shape)) return;
  const expected = `of shape ${showShape(shape)}`;
  throw new ShapeError(
    argumentMessage({ op, argument, expected, received: showShape(gradient.shape) }),
  );
}
