// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The path of a program. Where it is missing, the package of Debian that brings it is installed, which
 * only root can do.
 *
 * @throws Error that says what to install.
 */
export async function debianProgram(program: string, debianPackage: string): Promise<string> {
  const found = onPath(program);
  if (found !== undefined) return found;
  try {
    const lock = ['-o', 'DPkg::Lock::Timeout=180'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await execute('apt-get', [...lock, 'update'], { env });
    await execute('apt-get', [...lock, 'install', '-y', '--no-install-recommends', debianPackage], {
      env,
    });
  } catch (cause) {
    throw new Error(
      `This test found no ${program} and could not install ${debianPackage}. Install it by hand.`,
      { cause },
    );
  }
  const installed = onPath(program);
  if (installed !== undefined) return installed;
  throw new Error(`${debianPackage} was installed, but brought no ${program}.`);
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
