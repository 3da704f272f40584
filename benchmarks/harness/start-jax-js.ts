// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { defaultDevice, init } from '@jax-js/jax';

/** Starts jax-js on its WASM backend. @returns its version. */
export async function startJaxJs(): Promise<string> {
  await init('wasm');
  defaultDevice('wasm');
  const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax'));
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}
