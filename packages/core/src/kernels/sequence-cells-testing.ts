// SPDX-License-Identifier: Apache-2.0
// The recurrent cells under test: their whole-sequence kernels under one set of names.

import type { Kernels } from './kernels.ts';
import { gruSequenceReference } from './reference/gru-sequence.ts';
import type { ReferenceHeap } from './reference/heap.ts';
import { lstmSequenceReference } from './reference/lstm-sequence.ts';
import { simpleRnnReference } from './reference/simple-rnn.ts';
import type { CellKind } from './sequence-testing.ts';

/** Forward and backward of one cell's sequences. */
export interface SequencePair {
  forward(sequence: number): void;
  backward(sequence: number): void;
}

/** A cell under test. */
export interface TestedCell extends CellKind {
  readonly variant: number;
  readonly recurrentBias: boolean;
  of(kernels: Kernels): SequencePair;
  over(heap: ReferenceHeap): SequencePair;
  workspace(kernels: Kernels, batch: number, units: number): number;
}

const lstm: TestedCell = {
  gates: 4,
  hasCells: true,
  hasCandidates: false,
  variant: 0,
  recurrentBias: false,
  of: (kernels) => ({
    forward: kernels.lstmSequenceForward,
    backward: kernels.lstmSequenceBackward,
  }),
  over: (heap) => {
    const { lstmSequenceForward, lstmSequenceBackward } = lstmSequenceReference(heap);
    return { forward: lstmSequenceForward, backward: lstmSequenceBackward };
  },
  workspace: (kernels, batch, units) => kernels.lstmSequenceWorkspace(batch, units),
};

const gru = (variant: number): TestedCell => ({
  gates: 3,
  hasCells: false,
  hasCandidates: true,
  variant,
  recurrentBias: variant === 1,
  of: (kernels) => ({ forward: kernels.gruSequenceForward, backward: kernels.gruSequenceBackward }),
  over: (heap) => {
    const { gruSequenceForward, gruSequenceBackward } = gruSequenceReference(heap);
    return { forward: gruSequenceForward, backward: gruSequenceBackward };
  },
  workspace: (kernels, batch, units) => kernels.gruSequenceWorkspace(batch, units),
});

const simpleRnn = (variant: number): TestedCell => ({
  gates: 1,
  hasCells: false,
  hasCandidates: false,
  variant,
  recurrentBias: false,
  of: (kernels) => ({
    forward: kernels.simpleRnnSequenceForward,
    backward: kernels.simpleRnnSequenceBackward,
  }),
  over: (heap) => {
    const { simpleRnnSequenceForward, simpleRnnSequenceBackward } = simpleRnnReference(heap);
    return { forward: simpleRnnSequenceForward, backward: simpleRnnSequenceBackward };
  },
  workspace: (kernels, batch, units) => kernels.simpleRnnSequenceWorkspace(batch, units),
});

/** Every cell by name. */
export const testedCells: readonly (readonly [string, TestedCell])[] = [
  ['LSTM', lstm],
  ['GRU, reset after', gru(1)],
  ['GRU, reset before', gru(0)],
  ['simple RNN, tanh', simpleRnn(0)],
  ['simple RNN, relu', simpleRnn(1)],
];
