// SPDX-License-Identifier: Apache-2.0
import {
  mapTensors,
  Parameter,
  type Shape,
  ShapeError,
  showShape,
  slice,
  sum,
  type Tensor,
  tensorsIn,
  tidy,
  unstack,
  ValueError,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, cosines, expectNoLeaks, sines } from '@tapeloop/core/testing';
import {
  type ContractCase,
  checkParameterGrads,
  claim,
  claimSameBits,
  claimSameJson,
  claimThrows,
  moduleContract,
} from '@tapeloop/layers/testing';
import { RNN } from '../rnn.ts';
import type { RNNCell } from '../rnn-cell.ts';

/** What a cell's contract is checked with. */
export interface CellContract<State> {
  /** A new cell, not built, each time. */
  create(): RNNCell<State>;
  /** The shapes of the state's tensors for a batch of 2, in order. */
  readonly stateShapes: readonly Shape[];
  /** The shape of the output for a batch of 2. */
  readonly outputShape: Shape;
  /** The paths of its parameters, in order. */
  readonly paths: readonly string[];
  /** Whether training changes what it computes. Default false. */
  readonly isRandom?: boolean;
  /** False for cells that no config can rebuild. Default true. */
  readonly hasConfig?: boolean;
}

const BATCH = 2;
const FEATURES = 3;
const STEPS = 3;

/** The claims that every cell keeps; run each as a test. */
export function cellContract<State>(contract: CellContract<State>): ContractCase[] {
  const { create, outputShape, stateShapes, isRandom = false } = contract;
  const flat = (result: unknown) => tensorsIn(result).flatMap((tensor) => [...tensor.data()]);
  const step = (cell: RNNCell<State>, training: boolean | undefined) =>
    cell.call(inputs(), stateOf(cell), { training });
  const call = (cell: RNNCell<State>) => step(cell, false).output;
  return [
    ...moduleContract({ ...contract, call }),
    {
      title: `gives an output of ${showShape(outputShape)} and a state of the structure it takes`,
      run: () => {
        using cell = create();
        tidy(() => {
          const state = stateOf(cell);
          const next = cell.call(inputs(), state, { training: false });
          claimSameJson(next.output.shape, outputShape);
          claimSameJson(
            tensorsIn(state).map(({ shape }) => shape),
            stateShapes,
          );
          claimSameJson(
            tensorsIn(next.state).map(({ shape }) => shape),
            stateShapes,
          );
          claimSameJson(structureOf(next.state), structureOf(state));
        });
      },
    },
    {
      title: 'starts from zeros of the size of the inputs, and refuses sizes that do not agree',
      run: () => {
        using cell = create();
        tidy(() => {
          const state = cell.getInitialState({ inputs: inputs() });
          claimSameJson(
            tensorsIn(state).map(({ shape }) => shape),
            stateShapes,
          );
          claim(
            flat(state).every((value) => value === 0),
            'the initial state is not zero',
          );
          claimThrows(() => cell.getInitialState({}), ValueError, 'batchSize');
          const both = { inputs: inputs(), batchSize: BATCH + 1 };
          claimThrows(() => cell.getInitialState(both), ValueError, 'batchSize');
          const dtype = { inputs: inputs(), dtype: 'int32' } as const;
          claimThrows(() => cell.getInitialState(dtype), ValueError, 'dtype');
        });
      },
    },
    {
      title: 'treats the rows of a batch independently of each other',
      run: () => {
        using cell = create();
        tidy(() => {
          const state = stateOf(cell);
          const whole = cell.call(inputs(), state, { training: false });
          for (let row = 0; row < BATCH; row++) {
            const rowOf = <T>(tree: T) => mapTensors(tree, (tensor) => slice(tensor, row, 1));
            const alone = cell.call(rowOf(inputs()), rowOf(state), { training: false });
            closeTo(flat(alone), flat(rowOf(whole)), { relative: 1e-6 });
          }
        });
      },
    },
    {
      title: isRandom
        ? 'computes something else in training, and the same bits again and again in inference'
        : 'computes the same bits in training, in inference, and by hand without a flag',
      run: () => {
        using cell = create();
        tidy(() => {
          const reference = flat(step(cell, false));
          claimSameBits(flat(step(cell, false)), reference);
          const others = [flat(step(cell, true)), flat(step(cell, undefined))];
          for (const other of others) {
            if (!isRandom) claimSameBits(other, reference);
            else
              claim(
                other.some((value, i) => value !== reference[i]),
                'training changed nothing',
              );
          }
        });
      },
    },
    {
      title:
        'has the gradients of central differences through 3 steps, for inputs, state and parameters',
      run: () => tidy(() => checkGradients(create())),
    },
    {
      title: 'gives in RNN, step by step, the bits of its steps by hand',
      run: () => {
        using cell = create();
        const rnn = new RNN(cell, { returnSequences: true, returnState: true, unroll: true });
        tidy(() => {
          const x = sequence();
          const { output, state } = rnn.call(x, { initialState: stateOf(cell) });
          let carried = stateOf(cell);
          const outputs = unstack(x, 1).map((input) => {
            const next = cell.call(input, carried, { training: false });
            carried = next.state;
            return next.output;
          });
          unstack(output, 1).forEach((each, t) => {
            claimSameBits(each.data(), outputs[t]?.data() ?? []);
          });
          claimSameBits(flat(state), flat(carried));
        });
      },
    },
    {
      title: 'leaves no tensor behind in a training step over a sequence',
      run: () => {
        using cell = create();
        const rnn = new RNN(cell, { returnSequences: true });
        tidy(() => rnn.call(sequence()).data());
        expectNoLeaks(() =>
          tidy(() => {
            valueAndGrad(() => sum(rnn.call(sequence(), { training: true })), cell.parameters());
          }),
        );
      },
    },
    {
      title: 'refuses inputs of another size than at the first step',
      run: () => {
        using cell = create();
        tidy(() => {
          call(cell);
          const wide = cosines([BATCH, FEATURES + 1]);
          const wrong = () => cell.call(wide, stateOf(cell), { training: false });
          claimThrows(wrong, ShapeError, 'inputs');
        });
      },
    },
  ];
}

function inputs(): Tensor {
  return cosines([BATCH, FEATURES]);
}

function sequence(): Tensor {
  return cosines([BATCH, STEPS, FEATURES]);
}

/** A state of all different values. */
function stateOf<State>(cell: RNNCell<State>): State {
  let start = 0;
  return mapTensors(cell.zeroState(BATCH), ({ shape }) => {
    start += 10;
    return sines(shape, { scale: 0.5, start });
  });
}

/** The classes and keys of a tree, without its tensors. */
function structureOf(tree: unknown): unknown {
  if (typeof tree !== 'object' || tree === null || tensorsIn(tree)[0] === tree) return 'leaf';
  const entries = Object.entries(tree).map(([key, entry]) => [key, structureOf(entry)]);
  return [tree.constructor.name, entries];
}

function checkGradients<State>(cell: RNNCell<State>): void {
  using _cell = cell;
  const state = stateOf(cell);
  const x = new Parameter('inputs', sequence());
  const leaves = new Map(
    tensorsIn(state).map((leaf, i) => [leaf, new Parameter(`state ${i}`, leaf)]),
  );
  const run = () => {
    let carried = mapTensors(state, (leaf) => leaves.get(leaf)?.value ?? leaf);
    let output: Tensor | undefined;
    for (const input of unstack(x.value, 1)) {
      const next = cell.call(input, carried, { training: false });
      output = next.output;
      carried = next.state;
    }
    return output ?? x.value;
  };
  try {
    tidy(() => run().data());
    checkParameterGrads(run, [x, ...leaves.values(), ...cell.parameters()]);
  } finally {
    for (const parameter of [x, ...leaves.values()]) parameter.dispose();
  }
}
