// With the real npm and the real registry: about 200 MB, so only when asked for by FETTLE_TEST_REGISTRY=1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { WORKSPACE } from './install.mjs';

const repository = join(import.meta.dirname, '../..');
const files = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'scripts/bootstrap.mjs',
  'scripts/bootstrap',
  ...WORKSPACE.map((name) => `${name}/package.json`),
];
const UNREACHABLE = 'http://127.0.0.1:9/';

describe.runIf(process.env['FETTLE_TEST_REGISTRY'] === '1')('with the real registry', () => {
  let folder: string;
  let root: string;

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'fettle-registry-')));
    root = join(folder, 'checkout');
    for (const name of files) cpSync(join(repository, name), join(root, name), { recursive: true });
    mkdirSync(join(folder, 'home'));
    const npmrc = join(homedir(), '.npmrc');
    if (existsSync(npmrc)) copyFileSync(npmrc, join(folder, 'home/.npmrc'));
    writeFileSync(
      join(root, 'scripts/hello.ts'),
      `import { z } from 'zod';\nconsole.log(process.version, process.execPath, typeof z.object);\n`,
    );
    change('scripts/bootstrap/pins.mjs', /minimum: '.*?'/, `minimum: '99.0.0'`); // also where this Node would do
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const change = (name: string, from: RegExp, to: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), readFileSync(join(root, name), 'utf8').replace(from, to));
  };

  const start = async (env: Readonly<Record<string, string>> = {}) => {
    const home = join(folder, 'home');
    const child = spawn(process.execPath, [join(root, 'scripts/bootstrap.mjs'), 'hello'], {
      env: { ...process.env, HOME: home, USERPROFILE: home, npm_config_cache: join(home, '.npm'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    await once(child, 'close');
    return { code: child.exitCode, said };
  };

  const inToolchain = (): readonly string[] => readdirSync(join(root, '.toolchain')).filter((name) => name !== 'lock');

  test('an unreachable registry is said plainly and leaves nothing half done', async () => {
    const { code, said } = await start({ npm_config_registry: UNREACHABLE, npm_config_fetch_retries: '0' });
    expect(code).toBe(1);
    expect(said).toContain('npm could not fetch the toolchain');
    expect(inToolchain()).toEqual([]);
  });

  test('a wrong hash is refused and leaves nothing half done', async () => {
    const pins = readFileSync(join(root, 'scripts/bootstrap/pins.mjs'), 'utf8');
    change('scripts/bootstrap/pins.mjs', /sha512-../g, 'sha512-AA');
    const { code, said } = await start();
    writeFileSync(join(root, 'scripts/bootstrap/pins.mjs'), pins);
    expect(code).toBe(1);
    expect(said).toContain('EINTEGRITY');
    expect(inToolchain()).toEqual([]);
  }, 300_000);

  test('a cold start installs all, over what npm had left, and runs on the pinned Node', async () => {
    writeFileSync(join(root, 'package-lock.json'), '{ "lockfileVersion": 3, "packages": {} }');
    mkdirSync(join(root, 'node_modules/left-by-npm'), { recursive: true });
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
    writeFileSync(join(root, 'node_modules/left-by-npm/package.json'), '{ "name": "left-by-npm" }');
    const { code, said } = await start();
    expect(code).toBe(0);
    expect(said).toContain(`v26.10.0 ${join(root, '.toolchain')}`);
    expect(inToolchain()).toHaveLength(2);
    expect(existsSync(join(root, 'node_modules/left-by-npm'))).toBe(false);
  }, 600_000);

  test('a warm start needs no registry', async () => {
    const { code } = await start({ npm_config_registry: UNREACHABLE });
    expect(code).toBe(0);
  });
});
