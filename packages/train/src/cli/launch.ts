// SPDX-License-Identifier: Apache-2.0
import { deserialize, serialize } from 'node:v8';
import { runMpi } from '../mpi/run-mpi.ts';
import { broadcastBytes } from '../parallel/broadcast-state.ts';
import type { Communicator } from '../parallel/communicator.ts';
import { SingleProcess } from '../parallel/single-process.ts';
import { interruptedExitCode, listenForInterruption } from '../terminal/interruption.ts';
import { isMistake, mistakeExitCode } from '../terminal/mistake.ts';
import { Terminal } from '../terminal/terminal.ts';
import { UserError } from '../terminal/user-error.ts';
import { eventsOfWorkers } from './events-of-workers.ts';
import { introduce } from './introduce.ts';
import { type RunTrainingOptions, runTraining } from './run-training.ts';
import { type TrainingPlan, trainRank } from './train-rank.ts';

/** Where the work is done. */
export interface Processes {
  /** Threads that train side by side. */
  readonly workers: number;
  /** Whether this is one of the processes of an MPI job. */
  readonly mpi: boolean;
}

/** Makes the plan for so many ranks: finds all that is wrong with options and files. */
export type MakePlan = (ranks: number) => Promise<TrainingPlan>;

/** Plans a run and trains it, in this process, in threads, or as one of an MPI job. */
export async function launch({ workers, mpi }: Processes, makePlan: MakePlan): Promise<number> {
  if (mpi) {
    if (workers === 1) return await runMpi((communicator) => launchRank(communicator, makePlan));
    throw new UserError('--workers cannot be combined with --mpi. Start more processes instead.');
  }
  const plan = await makePlan(workers);
  return await lead(plan, (signal) => {
    if (workers > 1) return eventsOfWorkers(plan, workers, signal);
    return trainRank(plan, new SingleProcess(), signal);
  });
}

/** One rank of an MPI job: the first one plans for all, reports and saves. */
async function launchRank(communicator: Communicator, makePlan: MakePlan): Promise<number> {
  const planned = await planOfFirst(communicator, makePlan);
  if (planned.mistake !== undefined) {
    if (communicator.rank === 0) console.error(planned.mistake);
    return mistakeExitCode;
  }
  const { plan } = planned;
  const start = (signal: AbortSignal) => trainRank(plan, communicator, signal);
  return communicator.rank === 0 ? await lead(plan, start) : await follow(start);
}

async function lead(plan: TrainingPlan, start: RunTrainingOptions['start']): Promise<number> {
  const terminal = new Terminal(process.stdout);
  introduce(terminal, plan);
  return await runTraining(plan, { terminal, start });
}

/** Trains in silence. A signal to this rank is a wish that all ranks hear of. */
async function follow(start: RunTrainingOptions['start']): Promise<number> {
  using interruption = listenForInterruption();
  for await (const _ of start(interruption.signal));
  return interruption.signal.aborted ? interruptedExitCode : 0;
}

type Planned =
  | { readonly plan: TrainingPlan; readonly mistake?: undefined }
  | { readonly mistake: string };

/** The plan of the first rank, or its user's mistake. */
async function planOfFirst(communicator: Communicator, makePlan: MakePlan): Promise<Planned> {
  const own =
    communicator.rank === 0 ? serialize(await attempt(communicator, makePlan)) : undefined;
  return deserialize(await broadcastBytes(communicator, own));
}

async function attempt({ size }: Communicator, makePlan: MakePlan): Promise<Planned> {
  try {
    return { plan: await makePlan(size) };
  } catch (error) {
    if (isMistake(error)) return { mistake: error.message };
    throw error;
  }
}
