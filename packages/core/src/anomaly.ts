// SPDX-License-Identifier: Apache-2.0
import { TapeloopError } from './errors.ts';
import { showShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** A NaN or an infinity appeared while `detectAnomaly` was watching. */
export class AnomalyError extends TapeloopError {
  override name = 'AnomalyError';
}

let watching = false;

/**
 * Runs `fn` and throws at the first op whose result, or whose input's gradient, has a NaN or an
 * infinity. Reads every result, so it is slow: for finding a fault, not for training.
 *
 * @throws AnomalyError naming the op and the path of layers it ran in.
 */
export function detectAnomaly<T>(fn: () => T): T {
  const before = watching;
  watching = true;
  try {
    return fn();
  } finally {
    watching = before;
  }
}

/** Checks what an op computed. */
export function checkForward(op: string, outputs: readonly Tensor[]): void {
  if (!watching) return;
  for (const output of outputs) {
    const bad = firstAnomaly(output);
    if (bad !== undefined) {
      outputs.forEach((each) => each.dispose());
      throw new AnomalyError(`${op}: forward made ${bad}, in ${output.origin}.`);
    }
  }
}

/** Checks what an op's rule computed for one of its inputs. `origin` is where the op ran. */
export function checkBackward(origin: string, input: number, gradient: Tensor): void {
  if (!watching) return;
  const bad = firstAnomaly(gradient);
  if (bad === undefined) return;
  throw new AnomalyError(`gradient: backward of ${origin} made ${bad} for its input ${input}.`);
}

function firstAnomaly(tensor: Tensor): string | undefined {
  if (tensor.dtype !== 'float32') return undefined;
  const view = tensor.view();
  const at = view.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? undefined : `${view[at]} at element ${at} of shape ${showShape(tensor.shape)}`;
}
