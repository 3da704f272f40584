// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SafetensorsError } from '@tapeloop/core';
import { checkWhole } from '../check.ts';
import { removeAbandoned, writeAtomically } from './atomic-file.ts';
import { CheckpointError, decodeCheckpoint, type SavedRun } from './checkpoint.ts';

/** Options of a `CheckpointFolder`. */
export interface CheckpointFolderOptions {
  /** How many of the latest are kept; at least 1. Default 2. */
  readonly keepLast?: number;
  /** How many with the lowest validation loss are kept besides. At least 0. Default 1. */
  readonly keepBest?: number;
}

/** A checkpoint in a folder, as its name tells. */
export interface CheckpointEntry {
  readonly path: string;
  /** Steps that the run had made. */
  readonly step: number;
  /** The validation loss at that step, rounded as in the name; `undefined` where none was measured. */
  readonly loss: number | undefined;
}

/** A checkpoint that was read. */
export interface ReadCheckpoint {
  readonly path: string;
  readonly saved: SavedRun;
  /** Later ones that could not be read, and why. */
  readonly passedOver: readonly Error[];
}

const namePattern = /^step-(\d+)(?:-loss-(-?[\d.]+))?\.safetensors$/;

/**
 * The checkpoints of one run in a folder: `step-00003000-loss-1.4321.safetensors` and so on. Each is
 * written whole or not at all; after it, those that are neither among the last nor among the best go.
 */
export class CheckpointFolder {
  readonly path: string;
  readonly #keepLast: number;
  readonly #keepBest: number;

  /** @throws ValueError when an option is out of range. */
  constructor(path: string, { keepLast = 2, keepBest = 1 }: CheckpointFolderOptions = {}) {
    checkWhole('CheckpointFolder', 'keepLast', keepLast);
    checkWhole('CheckpointFolder', 'keepBest', keepBest, 0);
    this.path = path;
    this.#keepLast = keepLast;
    this.#keepBest = keepBest;
  }

  /** What is in the folder, the earliest step first. Other files are passed over. */
  entries(): CheckpointEntry[] {
    const names = readdirIfThere(this.path);
    const entries = names.flatMap((name) => {
      const [, step, loss] = namePattern.exec(name) ?? [];
      if (step === undefined) return [];
      const path = join(this.path, name);
      return [{ path, step: Number(step), loss: loss === undefined ? undefined : Number(loss) }];
    });
    return entries.sort((a, b) => a.step - b.step);
  }

  /**
   * Writes a checkpoint and clears out what is not to be kept.
   *
   * @param bytes from `encodeCheckpoint`.
   * @param loss of the validation at this step, where there was one.
   * @returns the file's name.
   */
  save(bytes: Uint8Array, step: number, loss?: number): string {
    const suffix = loss === undefined || !Number.isFinite(loss) ? '' : `-loss-${loss.toFixed(4)}`;
    const path = join(this.path, `step-${String(step).padStart(8, '0')}${suffix}.safetensors`);
    writeAtomically(path, bytes);
    for (const entry of this.#notKept()) rmSync(entry.path, { force: true });
    return path;
  }

  /**
   * The latest checkpoint that can be read.
   *
   * @throws CheckpointError when there is none; the reason of the latest one that is damaged.
   */
  readLatest(): ReadCheckpoint {
    const passedOver: Error[] = [];
    for (const { path } of this.entries().reverse()) {
      try {
        const saved = decodeCheckpoint(readFileSync(path), { source: path });
        return { path, saved, passedOver };
      } catch (error) {
        if (!(error instanceof CheckpointError || error instanceof SafetensorsError)) throw error;
        passedOver.push(error);
      }
    }
    throw passedOver[0] ?? new CheckpointError(`CheckpointFolder: ${this.path} has no checkpoint.`);
  }

  /** The checkpoint with the lowest validation loss; the latest where none was measured. */
  best(): CheckpointEntry | undefined {
    const entries = this.entries();
    return bestFirst(entries)[0] ?? entries.at(-1);
  }

  /** Makes the folder, and removes what a process that was killed while it wrote has left there. */
  prepare(): void {
    mkdirSync(this.path, { recursive: true });
    removeAbandoned(this.path);
  }

  #notKept(): CheckpointEntry[] {
    const entries = this.entries();
    const kept = new Set([
      ...entries.slice(-this.#keepLast),
      ...bestFirst(entries).slice(0, this.#keepBest),
    ]);
    return entries.filter((entry) => !kept.has(entry));
  }
}

/** Those with a loss, the lowest first; of equal ones the earlier first. */
function bestFirst(entries: readonly CheckpointEntry[]): CheckpointEntry[] {
  const measured = entries.filter(({ loss }) => loss !== undefined);
  return measured.sort((a, b) => (a.loss ?? 0) - (b.loss ?? 0) || a.step - b.step);
}

function readdirIfThere(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
