// SPDX-License-Identifier: Apache-2.0
export { type CellContract, cellContract } from './cell-contract.ts';
export { EchoCell } from './echo-cell.ts';
export { SumCell } from './sum-cell.ts';
