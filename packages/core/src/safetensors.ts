// SPDX-License-Identifier: Apache-2.0
import type { DType, TypedArray } from './dtype.ts';
import { argumentMessage, show, ValueError } from './errors.ts';
import { formatNames, SafetensorsError } from './safetensors-format.ts';
import { LENGTH_BYTES, type Place, parseHeader } from './safetensors-header.ts';
import type { Shape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** A tensor as a file holds it; `tensor(data, shape, dtype)` puts it into the heap. */
export interface SafetensorsEntry {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Elements in row-major order, in memory of their own; booleans as 0 and 1. */
  readonly data: TypedArray;
}

/** What `decodeSafetensors` returns. */
export interface SafetensorsContent {
  /** By name, in the order of the file's data. */
  readonly tensors: Map<string, SafetensorsEntry>;
  /** Free text that the writer added. */
  readonly metadata: Record<string, string>;
}

/** Options of `decodeSafetensors`. */
export interface DecodeSafetensorsOptions {
  /** The file's name, for errors. Default `bytes`. */
  readonly source?: string;
}

/** The data of a file that we write starts at a multiple of this. */
const ALIGNMENT = 8;

/**
 * Writes tensors as a safetensors file: the length of the header (8 bytes, little-endian), the
 * header (JSON, padded with spaces so that the data starts at a multiple of 8), then the data
 * without holes. `float32`, `int32` and `bool` become `F32`, `I32` and `BOOL`.
 *
 * Booleans come last, so that everything is aligned, and tensors of one size of element in the order
 * of their names: equal tensors give equal bytes.
 *
 * @param metadata free text by name.
 * @throws ValueError for a tensor called `__metadata__`, TypeError for metadata that is not text,
 *   DisposedError for a disposed tensor.
 * @see https://github.com/huggingface/safetensors, section "Format".
 *
 * @example
 * await writeFile('weights.safetensors', encodeSafetensors({ kernel, bias }, { step: '100' }));
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = partsOf(tensors instanceof Map ? [...tensors] : Object.entries(tensors));
  const header = new TextEncoder().encode(headerOf(parts, metadata));
  const dataStart = Math.ceil((LENGTH_BYTES + header.length) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(dataStart + (parts.at(-1)?.end ?? 0));
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true);
  file.fill(0x20, LENGTH_BYTES, dataStart);
  file.set(header, LENGTH_BYTES);
  for (const { bytes, begin } of parts) file.set(bytes, dataStart + begin);
  return file;
}

/**
 * Reads a safetensors file, all or nothing: the header's length, its JSON, each tensor's dtype,
 * shape and place are checked before any data is read. What is read has memory of its own, at most
 * the size of the file (twice that for `F16` and `BF16`).
 *
 * `F16`, `BF16` and `F64` are read into `float32` (the last rounded), `I64` into `int32`. Other
 * dtypes than these and our own three are an error.
 *
 * @throws SafetensorsError naming the file and the reason: a length beyond the file, a header that
 *   is not JSON or names a key twice, an unknown dtype, a size that does not fit the shape, data
 *   that overlaps or that no tensor owns, an `I64` that `int32` cannot hold, a boolean other than 0
 *   and 1.
 *
 * @example
 * const { tensors } = decodeSafetensors(await readFile(path), { source: path });
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { source = 'bytes' }: DecodeSafetensorsOptions = {},
): SafetensorsContent {
  const fail = (reason: string) => new SafetensorsError(`decodeSafetensors: ${source}: ${reason}.`);
  const { places, metadata, dataStart } = parseHeader(bytes, fail);
  const read = ({ name, format, shape, begin, end }: Place): [string, SafetensorsEntry] => {
    // A typed array copies another; `slice` of Node's Buffer would not.
    const { buffer } = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    try {
      return [name, { dtype: format.dtype, shape, data: format.read(buffer) }];
    } catch (error) {
      if (error instanceof RangeError) throw fail(`tensor ${show(name)}: ${error.message}`);
      throw error;
    }
  };
  return { tensors: new Map(places.map(read)), metadata };
}

/** A tensor on its way into a file: where it goes, and its bytes in the heap. */
interface Part {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

function partsOf(named: readonly [string, Tensor][]): Part[] {
  const ordered = named.toSorted(
    ([a, x], [b, y]) => Number(x.dtype === 'bool') - Number(y.dtype === 'bool') || (a < b ? -1 : 1),
  );
  let begin = 0;
  return ordered.map(([name, tensor]) => {
    if (name === '__metadata__') {
      const expected = "other than '__metadata__', which the format reserves";
      throw new ValueError(
        argumentMessage({ op: 'encodeSafetensors', argument: 'name', expected, received: name }),
      );
    }
    const { buffer, byteOffset, byteLength } = tensor.view();
    const end = begin + byteLength;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const part = { name, dtype: tensor.dtype, shape: tensor.shape, begin, end, bytes };
    begin = end;
    return part;
  });
}

function headerOf(parts: readonly Part[], metadata: Readonly<Record<string, string>>): string {
  const texts = Object.entries(metadata);
  for (const [key, text] of texts) {
    if (typeof text === 'string') continue;
    throw new TypeError(
      argumentMessage({
        op: 'encodeSafetensors',
        argument: `metadata ${key}`,
        expected: 'text',
        received: text,
      }),
    );
  }
  const entries = parts.map(({ name, dtype, shape, begin, end }) => [
    name,
    { dtype: formatNames[dtype], shape, data_offsets: [begin, end] },
  ]);
  const described = texts.length === 0 ? [] : [['__metadata__', Object.fromEntries(texts)]];
  return JSON.stringify(Object.fromEntries([...described, ...entries]));
}
