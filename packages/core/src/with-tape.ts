// SPDX-License-Identifier: Apache-2.0
import { GradientTape } from './tape.ts';

/**
 * Runs `use` with a tape of its own, and frees what the tape holds at the end. What `using` would do;
 * but compiled for engines without it, each module that says it grows by two kilobytes.
 */
export function withTape<T>(use: (tape: GradientTape) => T): T {
  const tape = new GradientTape();
  try {
    return use(tape);
  } finally {
    tape.dispose();
  }
}
