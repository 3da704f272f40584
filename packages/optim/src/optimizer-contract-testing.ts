// SPDX-License-Identifier: Apache-2.0
import { type Gradients, memory, Parameter, tensor, tidy } from '@tapeloop/core';
import { cosines, expectNoLeaks } from '@tapeloop/core/testing';
import {
  bitsOf,
  check,
  checkThrows,
  everything,
  gradientOf,
  gradientsOf,
  type Make,
  type Reorder,
  run,
  valuesOf,
  withOptimizer,
} from './contract-fixtures-testing.ts';
import {
  findsQuadraticMinimum,
  findsRosenbrockMinimum,
  fitsExclusiveOr,
  type Problem,
} from './contract-problems-testing.ts';
import { Optimizer } from './optimizer.ts';
import { decodeOptimizerState, encodeOptimizerState } from './state-file.ts';

/** A claim about a rule, and the check of it, which throws when it does not hold. */
export interface ContractCase {
  readonly title: string;
  run(): void;
}

/** A rule under the contract. */
export interface OptimizerContractOptions {
  /** A new transform of the rule with the same options each time. */
  readonly make: Make;
  readonly quadratic: Problem;
  readonly rosenbrock: Problem;
  readonly network: Problem;
}

/**
 * What every rule must do, whatever its equation: each case goes into a test of its own.
 *
 * @example
 * test.each(optimizerContract({ make, quadratic, rosenbrock, network }))('$title', ({ run }) => run());
 */
export function optimizerContract(options: OptimizerContractOptions): ContractCase[] {
  const { make, quadratic, rosenbrock, network } = options;
  return [
    {
      title: 'changes every trainable parameter, and one that is frozen not by a bit',
      run: () => changesTrainable(make),
    },
    { title: 'leaves the gradients as they came', run: () => leavesGradients(make) },
    {
      title: 'gives every parameter the same values in whatever order they come',
      run: () => ignoresOrder(make),
    },
    {
      title: 'saved to a safetensors file and continued equals uninterrupted, bit for bit',
      run: () => continues(make),
    },
    { title: 'restore refuses what does not fit and changes nothing', run: () => refuses(make) },
    {
      title: 'a step that throws changes neither parameters nor state',
      run: () => throwsUnchanged(make),
    },
    { title: 'holds as much after 20 steps as after 1', run: () => holdsLevel(make) },
    {
      title: `comes to a quadratic's minimum in ${quadratic.steps} steps, to 1e-3`,
      run: () => findsQuadraticMinimum(quadratic),
    },
    {
      title: `comes to Rosenbrock's minimum in ${rosenbrock.steps} steps, to 0.02`,
      run: () => findsRosenbrockMinimum(rosenbrock),
    },
    {
      title: `fits a small network in ${network.steps} steps, to a loss of 0.01`,
      run: () => fitsExclusiveOr(network),
    },
    { title: 'takes steps of no parameters', run: () => stepsOfNothing(make) },
    {
      title: 'takes parameters in later, and leaves what it keeps of the others',
      run: () => takesIn(make),
    },
  ];
}

function changesTrainable(make: Make): void {
  withOptimizer(make, (optimizer, parameters) => {
    const [kernel, bias] = parameters;
    if (kernel === undefined || bias === undefined) throw new Error('no parameters');
    run(optimizer, parameters, 0, 2);
    bias.trainable = false;
    const before = parameters.map(({ value }) => bitsOf([value]));
    run(optimizer, parameters, 2, 4);
    const after = parameters.map(({ value }) => bitsOf([value]));
    check(before[0] !== after[0], 'a trainable parameter must change');
    check(before[2] !== after[2], 'a trainable scalar must change');
    check(before[1] === after[1], 'a frozen parameter must keep its bits');
    bias.trainable = true;
    run(optimizer, parameters, 4, 5);
    check(bitsOf([bias.value]) !== before[1], 'a parameter must change when it is thawed');
    check(optimizer.iterations === 5, 'iterations must count the steps');
  });
}

function leavesGradients(make: Make): void {
  withOptimizer(make, (optimizer, parameters) =>
    tidy(() => {
      const gradients = gradientsOf(parameters, 1);
      const before = bitsOf(gradients.values());
      optimizer.step(gradients);
      check(bitsOf(gradients.values()) === before, 'a step must not change the gradients');
    }),
  );
}

function ignoresOrder(make: Make): void {
  const final = (order: Reorder) =>
    withOptimizer(
      make,
      (optimizer, parameters) => {
        for (let step = 0; step < 5; step++) {
          tidy(() => {
            const gradients = gradientsOf(parameters, step);
            const owners = order([...gradients.keys()]);
            optimizer.step(new Map(owners.map((owner) => [owner, gradientOf(gradients, owner)])));
          });
        }
        return bitsOf(valuesOf(parameters));
      },
      order,
    );
  const straight = final((parameters) => parameters);
  check(final((parameters) => parameters.reverse()) === straight, 'order must not matter');
  check(
    final(([first, ...rest]) => (first === undefined ? rest : [...rest, first])) === straight,
    'order must not matter',
  );
}

function continues(make: Make): void {
  const uninterrupted = withOptimizer(make, (optimizer, parameters) => {
    run(optimizer, parameters, 0, 9);
    return everything(optimizer, parameters);
  });
  const resumed = withOptimizer(make, (first, parameters) => {
    run(first, parameters, 0, 4);
    const saved = first.state();
    // The snapshot is a copy: going on must not change it.
    const values = parameters.map(({ value }) => value.copy('test'));
    run(first, parameters, 4, 6);
    values.forEach((value, i) => parameters[i]?.assign(value));
    const second = new Optimizer([...parameters].reverse(), make());
    second.restore(decodeOptimizerState(encodeOptimizerState(saved)));
    run(second, parameters, 4, 9);
    check(second.iterations === 9, 'iterations must go on from the saved count');
    // Compared under the first one's order of entries.
    first.restore(second.state());
    second.dispose();
    return everything(first, parameters);
  });
  check(resumed === uninterrupted, 'continuing must equal never having stopped');
}

function refuses(make: Make): void {
  withOptimizer(make, (optimizer, parameters) =>
    tidy(() => {
      run(optimizer, parameters, 0, 3);
      const before = everything(optimizer, parameters);
      const { tensors, scalars } = optimizer.state();
      const [name] = tensors.keys();
      const wrong = [
        { tensors: new Map([...tensors, ['surplus', tensor(1)]]), scalars },
        { tensors, scalars: { ...scalars, surplus: 1 } },
        { tensors, scalars: {} },
        { tensors, scalars: { ...scalars, iterations: Number.NaN } },
        ...(name === undefined
          ? []
          : [
              { tensors: new Map([...tensors].slice(1)), scalars },
              { tensors: new Map([...tensors, [name, cosines([9])]]), scalars },
              { tensors: new Map([...tensors, [name, tensor([1], [1], 'int32')]]), scalars },
            ]),
      ];
      for (const state of wrong) {
        checkThrows(() => expectNoLeaks(() => optimizer.restore(state)), 'Optimizer.restore: ');
        check(
          everything(optimizer, parameters) === before,
          'a refused restore must change nothing',
        );
      }
    }),
  );
}

function throwsUnchanged(make: Make): void {
  withOptimizer(make, (optimizer, parameters) =>
    tidy(() => {
      run(optimizer, parameters, 0, 2);
      const before = everything(optimizer, parameters);
      const [first, last] = [parameters[0], parameters[2]];
      if (first === undefined || last === undefined) throw new Error('no parameters');
      const good = gradientsOf(parameters, 2);
      const missing = new Map([...good].filter(([parameter]) => parameter !== last));
      const wrong: Gradients[] = [
        missing,
        new Map([...good, [last, cosines([2])]]),
        new Map([...good, [last, tensor(1, [], 'int32')]]),
        new Map([...good, [last, tensor(Number.NaN)]]),
        new Map([...good, [last, tensor(Number.NEGATIVE_INFINITY)]]),
      ];
      const stranger = new Parameter(last.name, tensor(1));
      wrong.push(new Map([...good, [stranger, tensor(1)]]));
      for (const gradients of wrong) {
        const level = memory().tensors;
        checkThrows(() => optimizer.step(gradients), last.name);
        check(everything(optimizer, parameters) === before, 'a failed step must change nothing');
        check(memory().tensors === level, 'a failed step must leave nothing behind');
      }
      stranger.dispose();
    }),
  );
}

function holdsLevel(make: Make): void {
  expectNoLeaks(() =>
    withOptimizer(make, (optimizer, parameters) => {
      run(optimizer, parameters, 0, 1);
      const before = memory();
      run(optimizer, parameters, 1, 20);
      const after = memory();
      check(after.tensors === before.tensors, 'steps must not add tensors');
      check(after.bytes === before.bytes, 'steps must not add bytes');
    }),
  );
}

function stepsOfNothing(make: Make): void {
  const empty = new Optimizer([], make());
  empty.step(new Map());
  check(empty.iterations === 1, 'a step of no parameters must count');
  empty.dispose();
  withOptimizer(make, (optimizer, parameters) => {
    const before = bitsOf(valuesOf(parameters));
    for (const parameter of parameters) parameter.trainable = false;
    optimizer.step(new Map());
    check(bitsOf(valuesOf(parameters)) === before, 'frozen parameters must keep their bits');
  });
}

function takesIn(make: Make): void {
  const all = withOptimizer(make, (optimizer, parameters) => {
    const [kernel, ...rest] = parameters;
    if (kernel === undefined) throw new Error('no parameters');
    for (const parameter of rest) parameter.trainable = false;
    run(optimizer, parameters, 0, 3);
    for (const parameter of rest) parameter.trainable = true;
    run(optimizer, parameters, 3, 6);
    return everything(optimizer, parameters);
  });
  const later = withOptimizer(make, (optimizer, parameters) => {
    const [kernel, ...rest] = parameters;
    if (kernel === undefined) throw new Error('no parameters');
    const growing = new Optimizer([kernel], make());
    run(growing, [kernel], 0, 3);
    growing.addParameters(rest);
    growing.addParameters(rest);
    run(growing, parameters, 3, 6);
    optimizer.restore(growing.state());
    growing.dispose();
    return everything(optimizer, parameters);
  });
  check(later === all, 'a parameter that comes later must be as one that was frozen until then');
}
