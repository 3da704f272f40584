// SPDX-License-Identifier: Apache-2.0

/** How a spec ended. */
export interface Outcome {
  readonly name: string;
  /** `passed`, `failed` or `pending`. */
  readonly status: string;
  /** Of its first failed expectation. */
  readonly message: string;
}

/** What two runs of the same specs say. */
export interface Comparison {
  readonly specs: number;
  /** How many pass with tfjs's own kernels, and with ours. */
  readonly passed: { readonly stock: number; readonly accelerated: number };
  /** What passes with tfjs's kernels only, and why it fails. */
  readonly lost: readonly Outcome[];
  /** The names of what passes with ours only. */
  readonly won: readonly string[];
}

/** Compares two runs spec by spec. */
export function compare(stock: readonly Outcome[], accelerated: readonly Outcome[]): Comparison {
  const [before, after] = [byName(stock), byName(accelerated)];
  const lost = [...before].flatMap(([name, outcome]) => {
    const now = after.get(name) ?? { name, status: 'missing', message: 'The spec did not run.' };
    return hasPassed(outcome) && !hasPassed(now) ? [{ ...now, name }] : [];
  });
  const won = [...after].flatMap(([name, outcome]) => {
    const old = before.get(name);
    return hasPassed(outcome) && old !== undefined && !hasPassed(old) ? [name] : [];
  });
  const count = (outcomes: readonly Outcome[]) => outcomes.filter(hasPassed).length;
  return {
    specs: stock.length,
    passed: { stock: count(stock), accelerated: count(accelerated) },
    lost,
    won: won.sort(),
  };
}

function hasPassed({ status }: Outcome): boolean {
  return status === 'passed';
}

/** Several specs have the same name: all but the first get a number. */
function byName(outcomes: readonly Outcome[]): Map<string, Outcome> {
  const seen = new Map<string, number>();
  return new Map(
    outcomes.map((outcome) => {
      const times = (seen.get(outcome.name) ?? 0) + 1;
      seen.set(outcome.name, times);
      return [times === 1 ? outcome.name : `${outcome.name} (${times})`, outcome];
    }),
  );
}
