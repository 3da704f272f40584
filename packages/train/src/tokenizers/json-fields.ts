// SPDX-License-Identifier: Apache-2.0
import { ValueError } from '@tapeloop/core';

/** A file or an object is not a tokenizer, or not one that can be read. */
export class TokenizerError extends ValueError {
  override name = 'TokenizerError';
}

/** Makes the error that says why a tokenizer cannot be read. */
export type Fail = (reason: string) => TokenizerError;

/** Values of JSON by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** The `Fail` of an operation on a file, or whatever else has that name. */
export function failFor(op: string, source: string): Fail {
  return (reason) => new TokenizerError(`${op}: ${source}: ${reason}.`);
}

/** The fields of an object. */
export function fieldsOf(value: unknown, name: string, fail: Fail): Fields {
  if (isFields(value)) return value;
  throw fail(`${name} must be an object, got ${briefly(value)}`);
}

/** The items of a list. */
export function listOf(value: unknown, name: string, fail: Fail): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw fail(`${name} must be a list, got ${briefly(value)}`);
}

/** A list of texts that all differ. */
export function textsOf(value: unknown, name: string, fail: Fail): readonly string[] {
  const seen = new Set<string>();
  for (const [i, text] of listOf(value, name, fail).entries()) {
    if (typeof text !== 'string') throw fail(`${name}[${i}] must be text, got ${briefly(text)}`);
    if (seen.has(text)) throw fail(`${name}[${i}] repeats ${briefly(text)}`);
    seen.add(text);
  }
  return [...seen];
}

/** Checks that a field has one of the values that can be read. */
export function checkField(
  fields: Fields,
  field: string,
  { among, within = '', fail }: { among: readonly unknown[]; within?: string; fail: Fail },
): void {
  const value = fields[field];
  if (among.includes(value)) return;
  const expected = among.filter((each) => each !== undefined).map((each) => JSON.stringify(each));
  throw fail(`${within}${field} must be ${expected.join(' or ')}, got ${briefly(value)}`);
}

/** Checks the type and version that our own forms carry. */
export function checkVersion(fields: Fields, type: string, fail: Fail): void {
  checkField(fields, 'type', { among: [type], fail });
  checkField(fields, 'version', { among: [1], fail });
}

/** A value in an error, in a few words whatever its size: lists and objects may be deep. */
export function briefly(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
