// SPDX-License-Identifier: Apache-2.0

/** Typed arrays, and whatever contains them, as text; every bit of a finite number comes back. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Float32Array) return { array: 'Float32Array', elements: [...part] };
    if (part instanceof Uint8Array) return { array: 'Uint8Array', elements: [...part] };
    return part;
  });
}

/** What `toJson` was given; of the type that the caller knows it to be. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text, (_key, part) => {
    if (part?.array === 'Float32Array') return Float32Array.from(part.elements);
    if (part?.array === 'Uint8Array') return Uint8Array.from(part.elements);
    return part;
  });
}
