// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** The first Python on the PATH, or the one that `PYTHON` names, that can import `module`. */
export function pythonWith(module: string): string | undefined {
  const { PYTHON, PATH = '' } = process.env;
  const candidates =
    PYTHON === undefined
      ? PATH.split(delimiter).map((folder) => join(folder, 'python3'))
      : [PYTHON];
  return candidates.find((python) => {
    const { status } = spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return status === 0;
  });
}
