// SPDX-License-Identifier: Apache-2.0

/** Plain data that JSON keeps, as bytes that a communicator carries. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What a rank with the same program has encoded. */
export function decodeJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes));
}
