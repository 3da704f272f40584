// SPDX-License-Identifier: Apache-2.0
import type { Shape, Tensor } from '@tapeloop/core';
import type { Initializer, Module, ModuleParameterOptions } from '@tapeloop/layers';
import type { ResolvedCellOptions } from './cell-options.ts';

/** The weights that every cell with a kernel has; each cell says their shapes. */
export interface CellWeights {
  readonly kernel: Tensor;
  readonly recurrentKernel: Tensor;
  readonly bias: Tensor | undefined;
}

/** The values of a built cell's weights. */
export function cellWeights(cell: Module, { useBias }: ResolvedCellOptions): CellWeights {
  return {
    kernel: cell.parameter('kernel').value,
    recurrentKernel: cell.parameter('recurrentKernel').value,
    bias: useBias ? cell.parameter('bias').value : undefined,
  };
}

/** The arguments of `addParameter`. */
export type ParameterArguments = readonly [
  name: string,
  shape: Shape,
  initializer: Initializer,
  options: ModuleParameterOptions,
];

/** What makes the parameters of a cell's weights, in their order. */
export function cellParameters(
  options: ResolvedCellOptions,
  shapes: Readonly<Record<keyof CellWeights, Shape>>,
): readonly ParameterArguments[] {
  const { kernelInitializer, recurrentInitializer, biasInitializer } = options;
  const { kernelRegularizer, recurrentRegularizer, biasRegularizer } = options;
  const { kernel, recurrentKernel, bias } = shapes;
  const kernels: readonly ParameterArguments[] = [
    ['kernel', kernel, kernelInitializer, { regularizer: kernelRegularizer }],
    [
      'recurrentKernel',
      recurrentKernel,
      recurrentInitializer,
      { regularizer: recurrentRegularizer },
    ],
  ];
  if (!options.useBias) return kernels;
  return [...kernels, ['bias', bias, biasInitializer, { regularizer: biasRegularizer }]];
}
