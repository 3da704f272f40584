// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { start } from './run.ts';

/** An npm registry that runs on this machine for one test. */
export interface Registry {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** The lines of an `.npmrc` that takes our packages, and only them, from this registry. */
  readonly npmrc: string;
  stop(): Promise<void>;
}

/**
 * Starts verdaccio on the loopback address with an empty store in `folder`. It has no uplinks: what
 * it does not hold, it does not have. Everybody may publish.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'config.json');
  // verdaccio reads YAML, of which JSON is a part.
  writeFileSync(config, JSON.stringify(configuration(folder)));
  const cli = join(import.meta.dirname, 'node_modules/verdaccio/bin/verdaccio');
  const args = [cli, '--config', config, '--listen', `127.0.0.1:${port}`];
  const server = start(process.execPath, args, { cwd: folder });
  let output = '';
  server.stdout.on('data', (text) => (output += text));
  server.stderr.on('data', (text) => (output += text));
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));

  const stop = async () => {
    server.kill();
    await ended;
  };
  try {
    await answers(`${url}/-/ping`, () => server.exitCode === null);
  } catch (error) {
    await stop();
    throw new Error(`verdaccio did not start:\n${output}`, { cause: error });
  }
  return {
    url,
    // npm and pnpm publish only with a token, whatever it says.
    npmrc: `@tapeloop:registry=${url}/\n//127.0.0.1:${port}/:_authToken=anybody\n`,
    stop,
  };
}

function configuration(folder: string) {
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    packages: { '@tapeloop/*': { access: '$all', publish: '$all' } },
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'warn', colors: false },
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('No port is free.'));
        else resolve(address.port);
      });
    });
  });
}

async function answers(url: string, alive: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (alive() && Date.now() < end) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer.`);
}
