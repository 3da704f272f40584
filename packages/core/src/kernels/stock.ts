// SPDX-License-Identifier: Apache-2.0
import { getKernel, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { backend, type WasmBackend } from '../backend.ts';
import { bytesPerElement, isDType } from '../dtype.ts';
import { RuntimeError } from '../errors.ts';
import { sizeOf } from '../shape.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';

/**
 * Runs a kernel of tfjs's WASM backend on our tensors, in place, and takes over what it made.
 *
 * Each input is entered into tfjs's books for the time of the call only, under a new id: whatever
 * tfjs caches by id can never be stale.
 *
 * @param name tfjs's name of the kernel, such as `Transpose`.
 * @returns the kernel's outputs, in its order.
 */
export function runStock(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: Readonly<Record<string, unknown>> = {},
): Tensor[] {
  const tfjs = backend();
  const kernel = getKernel(name, 'wasm');
  if (kernel === undefined || kernel === null) {
    throw new RuntimeError(`${name}: tfjs's WASM backend has no kernel of this name.`);
  }
  const lent = new Map<object, Tensor>();
  const infos: Record<string, TensorInfo> = {};
  for (const [argument, tensor] of Object.entries(inputs)) {
    const dataId = lend(tfjs, tensor);
    lent.set(dataId, tensor);
    infos[argument] = { dataId, shape: [...tensor.shape], dtype: tensor.dtype };
  }
  try {
    const outputs = kernel.kernelFunc({
      inputs: infos,
      attrs: attrs as NamedAttrMap,
      backend: tfjs,
    });
    const list = Array.isArray(outputs) ? outputs : [outputs];
    return list.map((info) => take(tfjs, info, lent, name));
  } finally {
    for (const dataId of lent.keys()) forget(tfjs, dataId);
  }
}

/** `runStock` for a kernel with one output. */
export function stock(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: Readonly<Record<string, unknown>> = {},
): Tensor {
  const [output] = runStock(name, inputs, attrs);
  if (output === undefined) throw new RuntimeError(`${name}: the kernel returned no output.`);
  return output;
}

function lend(tfjs: WasmBackend, { pointer, shape, dtype, size }: Tensor): object {
  const id = tfjs.dataIdNextNumber++;
  const dataId = { id };
  tfjs.dataIdMap.set(dataId, { id, memoryOffset: pointer, shape, dtype, refCount: 1 });
  tfjs.wasm.tfjs.registerTensor(id, size, pointer);
  return dataId;
}

/** Takes tfjs's entry out of its books without freeing the bytes. */
function forget(tfjs: WasmBackend, dataId: object): void {
  tfjs.wasm.tfjs.disposeData(tfjs.dataIdMap.get(dataId).id);
  tfjs.dataIdMap.delete(dataId);
}

function take(
  tfjs: WasmBackend,
  { dataId, shape, dtype }: TensorInfo,
  lent: ReadonlyMap<object, Tensor>,
  name: string,
): Tensor {
  const input = lent.get(dataId);
  if (input !== undefined) return input.shareAs(shape, name);
  if (!isDType(dtype)) throw new RuntimeError(`${name}: the kernel returned dtype ${dtype}.`);
  const pointer = tfjs.dataIdMap.get(dataId).memoryOffset;
  forget(tfjs, dataId);
  const storage = new Storage(pointer, sizeOf(shape) * bytesPerElement[dtype]);
  return new Tensor({ shape, dtype, storage, op: name });
}
