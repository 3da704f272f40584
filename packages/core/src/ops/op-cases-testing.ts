// SPDX-License-Identifier: Apache-2.0
import { elementwiseCases } from './cases-elementwise-testing.ts';
import { sequenceCases } from './cases-sequence-testing.ts';
import { shapeCases } from './cases-shape-testing.ts';
import type { OpCase } from './gradient-case-testing.ts';
import type { OpName } from './names.ts';

/** How every op's gradient is tested: one that is missing does not compile. */
export const opCases: Record<OpName, OpCase> = {
  ...elementwiseCases,
  ...shapeCases,
  ...sequenceCases,
};
