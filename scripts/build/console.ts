// Builds the console into server/console/dist, when its sources are not what they were.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isFresh, markFresh } from './freshness.ts';

const root = dirname(dirname(import.meta.dirname));
const home = join(root, 'server', 'console');
const record = join(home, 'node_modules', '.fettle-built');

export const consoleFolder = join(home, 'dist');

/** @returns true when it was built anew, false when it was fresh */
export const buildConsole = (): boolean => {
  if (isFresh(record)) return false;
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(home, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    // whoever starts it: in a test it would be built as for one, larger and slower
    {
      cwd: home,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`The console could not be built:\n${stderr}`);
  const folders = ['src', 'public'].map((name) => join(home, name));
  const own = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isFile());
  markFresh(record, [
    join(root, 'pnpm-lock.yaml'),
    join(consoleFolder, 'index.html'),
    ...own.map(({ name }) => join(home, name)),
    ...[...folders, join(root, 'shared', 'src')].flatMap(filesBelow),
  ]);
  return true;
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
