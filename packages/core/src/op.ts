// SPDX-License-Identifier: Apache-2.0
import { checkForward } from './anomaly.ts';
import { GradientError } from './errors.ts';
import type { OpName } from './ops/names.ts';
import { type InputGradient, isRecording, record, type TensorSpec } from './recording.ts';
import type { Tensor } from './tensor.ts';

/** What a gradient rule knows besides the gradient that comes in. */
export interface RuleContext<Saved extends readonly Tensor[], Attrs> {
  /** What the op's `save` kept. */
  readonly saved: Saved;
  readonly attrs: Attrs;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** The rule may write over saved tensors whose storage nothing else refers to. */
  readonly mayOverwrite: boolean;
}

/** An op that has no derivative, and why. */
export interface NotDifferentiable {
  readonly notDifferentiable: string;
}

/** All that an op is: `Output` is one tensor, or several, and `Dy` the gradient of it. */
export interface OpDefinition<
  Inputs extends readonly Tensor[],
  Attrs,
  Saved extends readonly Tensor[],
  Output,
  Dy,
> {
  readonly name: OpName;
  /** Checks inputs and attributes, then computes the value with kernels. */
  readonly forward: (inputs: Inputs, attrs: Attrs) => Output;
  /** The tensors that the rule needs; default none. */
  readonly save?: (inputs: Inputs, output: Output, attrs: Attrs) => Saved;
  /**
   * For each input, how d(loss)/d(input) follows from `dy`, d(loss)/d(output), written with ops.
   * With several outputs `dy` is a list, `null` for an output that nothing used.
   */
  readonly gradient:
    | ((dy: Dy, context: RuleContext<Saved, Attrs>) => readonly InputGradient[])
    | NotDifferentiable;
  /** The inputs are broadcast against each other; the tape reverses that in their gradients. */
  readonly broadcasts?: boolean;
  /** The rule runs no recorded ops, so that there is no second derivative. */
  readonly onceDifferentiable?: boolean;
}

/** A declared op: a function of inputs and attributes that tapes record. */
export interface Op<Inputs extends readonly Tensor[], Attrs, Output> {
  (inputs: Inputs, attrs: Attrs): Output;
  readonly opName: OpName;
  /** Why it has no derivative, or `undefined` when it has one. */
  readonly notDifferentiable: string | undefined;
  readonly onceDifferentiable: boolean;
}

/** The properties that every op has, whatever its types. */
export type OpProperties = Pick<
  Op<readonly Tensor[], void, Tensor>,
  'opName' | 'notDifferentiable' | 'onceDifferentiable'
>;

/** Says that an op has no derivative, and why; errors print the reason. */
export function notDifferentiable(reason: string): NotDifferentiable {
  return { notDifferentiable: reason };
}

/** Declares an op of one output. */
export function defineOp<
  Inputs extends readonly Tensor[],
  Attrs = void,
  const Saved extends readonly Tensor[] = readonly [],
>(definition: OpDefinition<Inputs, Attrs, Saved, Tensor, Tensor>): Op<Inputs, Attrs, Tensor> {
  const { gradient } = definition;
  return declare(
    definition,
    (output) => [output],
    (dys, context) => {
      if (typeof gradient !== 'function') throw noDerivative(definition.name, gradient);
      const [dy] = dys;
      return dy === undefined || dy === null ? [] : gradient(dy, context);
    },
  );
}

/** Declares an op of several outputs. */
export function defineMultiOp<
  Inputs extends readonly Tensor[],
  Attrs = void,
  const Saved extends readonly Tensor[] = readonly [],
  const Outputs extends readonly Tensor[] = readonly Tensor[],
>(
  definition: OpDefinition<Inputs, Attrs, Saved, Outputs, readonly (Tensor | null)[]>,
): Op<Inputs, Attrs, Outputs> {
  const { gradient } = definition;
  return declare(
    definition,
    (outputs) => outputs,
    (dys, context) => {
      if (typeof gradient !== 'function') throw noDerivative(definition.name, gradient);
      return gradient(dys, context);
    },
  );
}

function declare<
  Inputs extends readonly Tensor[],
  Attrs,
  Saved extends readonly Tensor[],
  Output,
  Dy,
>(
  definition: OpDefinition<Inputs, Attrs, Saved, Output, Dy>,
  list: (output: Output) => readonly Tensor[],
  rule: (
    dys: readonly (Tensor | null)[],
    context: RuleContext<Saved, Attrs>,
  ) => readonly InputGradient[],
): Op<Inputs, Attrs, Output> {
  const {
    name,
    forward,
    save,
    gradient,
    broadcasts = false,
    onceDifferentiable = false,
  } = definition;
  const op = (inputs: Inputs, attrs: Attrs): Output => {
    const output = forward(inputs, attrs);
    const outputs = list(output);
    for (const each of outputs) each.madeBy = name;
    checkForward(name, outputs);
    if (isRecording()) {
      record({
        name,
        inputs,
        outputs,
        broadcasts,
        onceDifferentiable,
        saved: () => save?.(inputs, output, attrs) ?? [],
        // The tape hands back the very list that `save` returned: `Saved`.
        rule: ({ dys, saved, ...specs }) =>
          rule(dys, { saved: saved as unknown as Saved, attrs, ...specs }),
      });
    }
    return output;
  };
  return Object.assign(op, {
    opName: name,
    notDifferentiable: typeof gradient === 'function' ? undefined : gradient.notDifferentiable,
    onceDifferentiable,
  });
}

function noDerivative(
  name: string,
  { notDifferentiable: reason }: NotDifferentiable,
): GradientError {
  return new GradientError(
    `gradient: ${name} has no derivative (${reason}). Wrap its input in stopGradient() when no ` +
      'gradient should flow there.',
  );
}
