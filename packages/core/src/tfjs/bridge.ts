// SPDX-License-Identifier: Apache-2.0
import { engine, type Tensor as TfjsTensor } from '@tensorflow/tfjs-core';
import { backend } from '../backend.ts';
import { bytesPerElement, isDType } from '../dtype.ts';
import { argumentMessage, DTypeError } from '../errors.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { hostOf } from './host.ts';
import type { TfjsBackend } from './tfjs-backend.ts';

/**
 * A tensor on the same storage as a `tf.Tensor` of the WASM backend, without copying. Each is
 * disposed on its own; the bytes go back when both are.
 *
 * No gradient flows between the two: wrap tfjs code in `lift` for that.
 *
 * @throws DTypeError for tfjs's `string` and `complex64`.
 */
export function fromTfjs(source: TfjsTensor): Tensor {
  const { backend: tfjs } = hostOf(backend());
  const { dataId, shape, dtype } = source;
  if (!isDType(dtype)) {
    const expected = "of dtype 'float32', 'int32' or 'bool'";
    throw new DTypeError(
      argumentMessage({ op: 'fromTfjs', argument: 'source', expected, received: dtype }),
    );
  }
  if (!tfjs.dataIdMap.has(dataId)) source.dataSync();
  const { memoryOffset } = tfjs.dataIdMap.get(dataId);
  tfjs.incRef(dataId);
  const storage = new Storage(
    memoryOffset,
    source.size * bytesPerElement[dtype],
    ownedBy(tfjs, dataId),
  );
  return new Tensor({ shape: [...shape], dtype, storage, op: 'fromTfjs' });
}

/**
 * A `tf.Tensor` on the same storage as `source`, without copying. Copied are only a view into a
 * larger tensor and a parameter's value: tfjs takes a tensor's value for constant and caches it.
 * Each is disposed on its own.
 */
export function toTfjs(source: Tensor): TfjsTensor {
  const { backend: tfjs } = hostOf(backend());
  const { shape, dtype, storage } = source;
  const isWhole =
    storage.pointer === source.pointer && storage.byteLength === source.view().byteLength;
  if (!isWhole || source.isTrainable || source.size === 0) {
    const copy = tfjs.write(source.data(), [...shape], dtype);
    return engine().makeTensorFromDataId(copy, [...shape], dtype, tfjs);
  }
  const dataId = sharedDataId(tfjs, storage, source);
  tfjs.incRef(dataId);
  return engine().makeTensorFromDataId(dataId, [...shape], dtype, tfjs);
}

/** An owner that gives the storage's bytes back through tfjs's own reference count. */
class TfjsOwner {
  readonly dataId: object;
  readonly #tfjs: TfjsBackend;

  constructor(tfjs: TfjsBackend, dataId: object) {
    this.#tfjs = tfjs;
    this.dataId = dataId;
  }

  release(): void {
    if (this.#tfjs.disposeData(this.dataId)) engine().removeDataId(this.dataId, this.#tfjs);
  }
}

function ownedBy(tfjs: TfjsBackend, dataId: object): TfjsOwner {
  return new TfjsOwner(tfjs, dataId);
}

/** tfjs's id of a storage, entering it into tfjs's books the first time. */
function sharedDataId(tfjs: TfjsBackend, storage: Storage, { shape, dtype, size }: Tensor): object {
  if (storage.owner instanceof TfjsOwner) return storage.owner.dataId;
  const id = tfjs.dataIdNextNumber++;
  const dataId = { id };
  tfjs.dataIdMap.set(dataId, { id, memoryOffset: storage.pointer, shape, dtype, refCount: 1 });
  tfjs.wasm.tfjs.registerTensor(id, size, storage.pointer);
  storage.owner = ownedBy(tfjs, dataId);
  return dataId;
}
