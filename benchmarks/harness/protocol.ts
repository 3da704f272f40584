// SPDX-License-Identifier: Apache-2.0

/**
 * How the benchmark talks with a contestant, a process of its own: one JSON value a line, requests on
 * its standard input, answers on its standard output. Any language can take part. Lines that do not
 * begin with `{` are the contestant's own talk and passed over.
 */
export interface Requests<Workload> {
  /** Makes the model of a workload, and starts again from its first weights. */
  prepare: { readonly workload: Workload };
  /** Trains for `steps` steps and tells the loss of each, in nats. */
  losses: { readonly steps: number };
  /** Trains for `steps` steps and tells how long each took, its loss read back. */
  time: { readonly steps: number };
}

/** What a contestant answers to each request. */
export interface Answers {
  prepare: Identity;
  losses: { readonly losses: readonly number[] };
  time: { readonly milliseconds: readonly number[] };
}

/** Who a contestant is. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  /** The kernels, the mode, and whatever else decides its speed. */
  readonly build: string;
  readonly threads: number;
}

/** A request as it goes over the line. */
export type Message<Workload> = {
  [Name in keyof Answers]: { readonly do: Name } & Requests<Workload>[Name];
}[keyof Answers];

/** An answer as it comes back. */
export type Reply<Name extends keyof Answers> = Answers[Name] | { readonly error: string };
