// SPDX-License-Identifier: Apache-2.0

import type { KernelConstant } from './table.ts';

/** Multipliers and key increments of Philox4x32 (Salmon et al. 2011, section 4.3 and table 2). */
export const philoxConstants = {
  philoxM0: { bits: 0xd2511f53 },
  philoxM1: { bits: 0xcd9e8d57 },
  philoxW0: { bits: 0x9e3779b9 },
  philoxW1: { bits: 0xbb67ae85 },
} satisfies Record<string, KernelConstant>;
