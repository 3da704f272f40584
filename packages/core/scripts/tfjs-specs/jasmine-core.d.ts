// SPDX-License-Identifier: Apache-2.0
// The parts of jasmine-core that run the specs; the package has no types of its own.

declare module 'jasmine-core' {
  export interface SpecResult {
    readonly fullName: string;
    readonly status: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }

  export interface Environment {
    configure(options: { random: boolean; forbidDuplicateNames: boolean }): void;
    addReporter(reporter: { specDone(result: SpecResult): void }): void;
    execute(): Promise<unknown>;
  }

  export const jasmine: { getEnv(): Environment };
  export function installGlobals(target: object): void;
}
