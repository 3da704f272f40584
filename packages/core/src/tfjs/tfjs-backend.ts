// SPDX-License-Identifier: Apache-2.0
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../backend.ts';

/** tfjs's WASM backend in tfjs's own types, with its books, which those leave out. */
export interface TfjsBackend extends KernelBackend, Pick<BackendWasm, 'makeOutput'> {
  readonly wasm: WasmBackend['wasm'] & {
    readonly tfjs: { registerTensor(id: number, size: number, memoryOffset: number): void };
  };
  readonly dataIdMap: {
    get(dataId: object): TensorData;
    set(dataId: object, data: TensorData): void;
    has(dataId: object): boolean;
  };
  dataIdNextNumber: number;
}

/** tfjs's record of a tensor in the heap. */
export interface TensorData {
  readonly id: number;
  readonly memoryOffset: number;
  readonly shape: readonly number[];
  readonly dtype: string;
  refCount: number;
}

/** tfjs and core hand backends over in types that say less: the class says the rest. */
export function isTfjsBackend(backend: unknown): backend is TfjsBackend {
  return backend instanceof BackendWasm;
}
