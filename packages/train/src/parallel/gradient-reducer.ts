// SPDX-License-Identifier: Apache-2.0
import { type Gradient, GradientError, type Parameter, Tensor } from '@tapeloop/core';
import { kernels } from '@tapeloop/core/kernels';
import { check } from '../check.ts';
import type { Communicator } from './communicator.ts';
import { type Bucket, type BucketEntry, planBuckets } from './gradient-buckets.ts';

/** Options of a `GradientReducer`. */
export interface GradientReducerOptions {
  /** Bytes of gradients that travel together. Default 4 MiB. */
  readonly bucketBytes?: number;
}

/** A bucket on its way through a step. */
interface Journey {
  readonly bucket: Bucket;
  /** Parameters whose gradients have been copied into it. */
  readonly filled: Set<Parameter>;
  /** Kept when all ranks' gradients have been added; `undefined` before it is sent. */
  sent: Promise<void> | undefined;
}

/** Where a parameter's gradient goes. */
interface Place {
  readonly journey: Journey;
  readonly entry: BucketEntry;
}

/**
 * Adds up the gradients of all ranks, in buckets that are sent as soon as they are full, while backward
 * computes the rest. Buckets are sent in the same order on every rank.
 *
 * A step calls `ready` with each gradient, as `onGradient` of `valueAndGrad` hands it out, and `finish`
 * once. Gradients for which `ready` was not called are sent by `finish`.
 *
 * @example
 * const { gradients } = valueAndGrad(loss, parameters, { onGradient: (p, g) => reducer.ready(p, g) });
 * await reducer.finish(gradients, 1 / communicator.size);
 */
export class GradientReducer {
  readonly #communicator: Communicator;
  readonly #journeys: readonly Journey[];
  readonly #placeOf: ReadonlyMap<Parameter, Place>;

  /**
   * @param parameters the same on every rank, in the same order.
   * @throws ValueError when `bucketBytes` is not above 0.
   */
  constructor(
    parameters: readonly Parameter[],
    communicator: Communicator,
    { bucketBytes = 4 * 2 ** 20 }: GradientReducerOptions = {},
  ) {
    check('GradientReducer', 'bucketBytes', bucketBytes, bucketBytes > 0, 'above 0');
    this.#communicator = communicator;
    this.#journeys = planBuckets([...new Set(parameters)], bucketBytes).map((bucket) => {
      return { bucket, filled: new Set(), sent: undefined };
    });
    const places = this.#journeys.flatMap((journey) => {
      return journey.bucket.entries.map((entry): Place => ({ journey, entry }));
    });
    this.#placeOf = new Map(places.map((place) => [place.entry.parameter, place]));
  }

  /**
   * Takes a copy of a gradient to which nothing will be added any more.
   *
   * @throws GradientError when it is not dense, not of one of the parameters, or the second one since
   *   `finish`.
   */
  ready(parameter: Parameter, gradient: Gradient): void {
    const place = this.#placeOf.get(parameter);
    if (place === undefined) throw problem(parameter, 'it is not one of the parameters');
    const { journey, entry } = place;
    if (journey.filled.has(parameter)) {
      throw problem(parameter, 'its gradient came twice; call finish() after each step');
    }
    fill(journey, entry, gradient);
    this.#sendFull();
  }

  /**
   * Waits for the other ranks and overwrites every gradient with `scale` times the sum over all ranks.
   *
   * @param gradients on every rank of the same parameters; one that no rank has is passed over.
   * @throws GradientError when a parameter has a gradient on some ranks only, or shares its memory with
   *   a tensor that is not a gradient; CommunicatorError when a rank is gone. Gradients are unchanged
   *   then.
   */
  async finish(gradients: ReadonlyMap<Parameter, Gradient>, scale: number): Promise<void> {
    try {
      for (const journey of this.#journeys) {
        fillRest(journey, gradients);
        this.#send(journey);
      }
      await Promise.all(this.#journeys.map(({ sent }) => sent));
      const targets = this.#journeys.flatMap(({ bucket }) => this.#targets(bucket, gradients));
      checkOwnership(targets);
      for (const target of targets) write(target, scale);
    } finally {
      for (const journey of this.#journeys) {
        journey.filled.clear();
        journey.sent = undefined;
      }
    }
  }

  #sendFull(): void {
    for (const journey of this.#journeys) {
      if (journey.filled.size < journey.bucket.entries.length) return;
      this.#send(journey);
    }
  }

  #send(journey: Journey): void {
    if (journey.sent !== undefined) return;
    const { entries, staging } = journey.bucket;
    for (const { parameter, isPresent } of entries) {
      isPresent[0] = journey.filled.has(parameter) ? 1 : 0;
    }
    journey.sent = this.#communicator.allReduce(staging);
    // A failure is told by `finish`, which a step that throws before it never calls.
    journey.sent.catch(() => undefined);
  }

  #targets({ entries }: Bucket, gradients: ReadonlyMap<Parameter, Gradient>): Target[] {
    return entries.flatMap(({ parameter, elements, isPresent }) => {
      const [ranks = 0] = isPresent;
      if (ranks === 0) return [];
      const gradient = gradients.get(parameter);
      if (gradient instanceof Tensor && ranks === this.#communicator.size) {
        return [{ parameter, gradient, sum: elements }];
      }
      throw problem(
        parameter,
        `${ranks} of ${this.#communicator.size} ranks have a gradient of it`,
      );
    });
  }
}

interface Target {
  readonly parameter: Parameter;
  readonly gradient: Tensor;
  readonly sum: Float32Array;
}

function fillRest(journey: Journey, gradients: ReadonlyMap<Parameter, Gradient>): void {
  for (const entry of journey.bucket.entries) {
    const gradient = gradients.get(entry.parameter);
    if (gradient === undefined || journey.filled.has(entry.parameter)) continue;
    fill(journey, entry, gradient);
  }
}

function fill({ filled }: Journey, { parameter, elements }: BucketEntry, gradient: Gradient): void {
  if (!(gradient instanceof Tensor)) throw problem(parameter, 'its gradient is not dense');
  elements.set(gradient.view());
  filled.add(parameter);
}

/**
 * Gradients may share memory with each other: all hold the same numbers there, before and after. What
 * anybody else sees must not change.
 */
function checkOwnership(targets: readonly Target[]): void {
  const owners = new Map<unknown, number>();
  for (const { gradient } of targets) {
    owners.set(gradient.storage, (owners.get(gradient.storage) ?? 0) + 1);
  }
  for (const { parameter, gradient } of targets) {
    if (gradient.storage.references === owners.get(gradient.storage)) continue;
    throw problem(
      parameter,
      'its gradient shares memory with a tensor that is no gradient; let its rule return a copy',
    );
  }
}

function write({ gradient, sum }: Target, scale: number): void {
  gradient.view().set(sum);
  kernels().scaleInPlace(gradient.pointer, sum.length, scale);
  gradient.storage.version++;
}

function problem({ name }: Parameter, reason: string): GradientError {
  return new GradientError(`GradientReducer: parameter ${name}: ${reason}.`);
}
