// SPDX-License-Identifier: Apache-2.0
import { options } from './options.ts';
import { train } from './sequence.ts';

globalThis.postMessage(await train(options).catch((error: unknown) => String(error)));
