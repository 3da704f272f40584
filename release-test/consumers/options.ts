// SPDX-License-Identifier: Apache-2.0
import type { InitOptions } from '@tapeloop/core';

/** Nothing: the bundler finds tfjs's wasm file. Where it does not, the test puts another file here. */
export const options: InitOptions = {};
