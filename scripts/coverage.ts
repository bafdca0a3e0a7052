// `npm run coverage`: which lines and branches of the server's decisions their own tests reach; 1 when it is less than it was. Much of
// what is left are fallbacks that the compiler asks for and nothing can reach.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const FOLDER = 'domain/';
/** In per cent. */
const LEAST = { branches: 97, lines: 99 } as const;

const args = [
  'run',
  `--root=${root}`,
  '--config=test/vitest.config.ts',
  '--project=server',
  '--coverage.enabled',
  '--coverage.provider=v8',
  `--coverage.include=**/${FOLDER}**`,
  '--coverage.exclude=**/*fixture.ts',
  '--coverage.reporter=text',
  ...Object.entries(LEAST).map(([what, least]) => `--coverage.thresholds.${what}=${least}`),
  `server/src/${FOLDER}`,
];
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
