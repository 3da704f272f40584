// SPDX-License-Identifier: Apache-2.0
// Beside tfjs: tensors that share its memory, and faster kernels, and missing ones, for models of tfjs and tfjs-layers on
// the WASM backend.

export { type AccelerateOptions, type Acceleration, accelerateTfjs } from './accelerate.ts';
export { fromTfjs, toTfjs } from './bridge.ts';
export type { DropInName } from './catalogue.ts';
