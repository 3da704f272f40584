// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A Python that can import a module. */
export interface Python {
  readonly program: string;
  /** Whether the module came with the system or was installed by pip. */
  readonly origin: 'system' | 'pip';
}

/** The first Python on the PATH, or the one that `PYTHON` names, that can import `module`. */
export function pythonWith(module: string): string | undefined {
  return pythonsWith(module)[0]?.program;
}

/**
 * Every Python that can import `module`, one for each copy of it: first `named`, then the one that
 * the variable `PYTHON` names, then those on the PATH.
 *
 * @throws Error when one of `named` cannot import it.
 */
export function pythonsWith(module: string, named: readonly string[] = []): Python[] {
  const { PYTHON, PATH = '' } = process.env;
  const onPath = PATH.split(delimiter).map((folder) => join(folder, 'python3'));
  const candidates = [...named, ...(PYTHON === undefined ? [] : [PYTHON]), ...onPath];
  const found = new Map<string, Python>();
  for (const [i, program] of candidates.entries()) {
    const file = fileOf(program, module);
    if (file === undefined && i < named.length) {
      throw new Error(
        `--python must name a Python that can import ${module}, got ${program}. ` +
          `Install it: ${program} -m pip install ${module}.`,
      );
    }
    if (file === undefined || found.has(file)) continue;
    found.set(file, { program, origin: file.startsWith('/usr/lib/') ? 'system' : 'pip' });
  }
  return [...found.values()];
}

/** The file that a Python imports a module from; `undefined` when it cannot. */
function fileOf(program: string, module: string): string | undefined {
  const script = `import importlib.util as u; s = u.find_spec('${module}'); print(s.origin if s else '')`;
  const { status, stdout } = spawnSync(program, ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const file = status === 0 ? stdout.trim() : '';
  return file === '' ? undefined : file;
}
