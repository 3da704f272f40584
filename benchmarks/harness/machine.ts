// SPDX-License-Identifier: Apache-2.0
import { arch, availableParallelism, cpus, loadavg, platform } from 'node:os';

/** What a measurement depends on besides the code. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  /** Mean number of running processes over the last minute: above 0.5 others were busy too. */
  readonly load: number;
}

/** This machine, now. */
export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${platform()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    load: loadavg()[0] ?? 0,
  };
}

/** The machine as one line. */
export function describeMachine({
  processor,
  cores,
  platform: system,
  node,
  load,
}: Machine): string {
  return `${processor}, ${cores} cores, ${system}, Node ${node}, load ${load.toFixed(2)} before`;
}
