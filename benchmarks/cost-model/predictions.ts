// SPDX-License-Identifier: Apache-2.0
import { inSeries, type Link } from './all-reduce-time.ts';
import { assumedNetworks } from './networks.ts';
import { jobOf, linkOf, loopback, type Model, type Parameters } from './parameters.ts';
import { type Job, stepTime } from './step-time.ts';

/** Numbers of machines that are looked at. */
export const machines = [1, 2, 4, 8, 16, 32, 64] as const;

/** Batches of each machine that are looked at; both were measured. */
export const rowsEach = [8, 32] as const;

/** A network, as ranks on machines of their own find it. */
export interface Network {
  readonly name: string;
  readonly link: Link;
}

/** The assumed networks, behind what MPI costs on this machine; that alone as the fastest. */
export function networks(parameters: Parameters): Network[] {
  const software = linkOf(parameters, loopback);
  const behind = assumedNetworks.map(({ name, link }) => {
    return { name, link: inSeries(software, link) };
  });
  return [...behind, { name: 'this loopback', link: software }];
}

/** The model and the batch that the figure is of. */
export function headline({ models }: Parameters): { model: Model; job: Job } {
  const model = models[0];
  if (model === undefined) {
    throw new RangeError('parameters: models must have at least one, got none. Fit them again.');
  }
  return { model, job: jobOf(model, rowsEach[1]) };
}

/** How many times faster `ranks` ranks are than one when they share its batch out among them. */
export function fixedBatchSpeedUp(ranks: number, job: Job, link: Link): number {
  const share = { ...job, rows: job.rows / ranks };
  return stepTime(1, job, link) / stepTime(ranks, share, link);
}
