// SPDX-License-Identifier: Apache-2.0

/**
 * How the benchmark talks with a contestant, a process of its own: one JSON value a line, requests on
 * its standard input, answers on its standard output. Any language can take part. Lines that do not
 * begin with `{` are the contestant's own talk and passed over.
 */
export interface Requests<Workload> {
  /** Makes what a workload asks for: a model with its first weights, or a kernel with its operands. */
  prepare: { readonly workload: Workload };
  /** Of a model: trains for `steps` steps and tells the loss of each, in nats. */
  losses: { readonly steps: number };
  /** Of a kernel: runs it once and tells the elements of its result at `places`. */
  outputs: { readonly places: readonly number[] };
  /** Runs `steps` steps and tells how long each took; a model's loss is read back. */
  time: { readonly steps: number };
}

/** What a contestant answers to each request. */
export interface Answers {
  prepare: Identity;
  losses: { readonly losses: readonly number[] };
  outputs: { readonly values: readonly number[] };
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
