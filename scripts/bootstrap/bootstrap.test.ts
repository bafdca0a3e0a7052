// The whole bootstrap as a process, with stand-ins for npm and pnpm that stop where a test wants it.
import { once } from 'node:events';
import { chmodSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test as plain, vi } from 'vitest';

import { WORKSPACE, install } from './install.mjs';
import { MiniCheckout } from './mini-checkout.ts';

const isRoot = process.getuid?.() === 0;
vi.setConfig({ testTimeout: 30_000 }); // many processes, perhaps on a busy machine

/** The stand-ins are scripts with a shebang. */
const onUnix = describe.skipIf(process.platform === 'win32');
const ok = { code: 0, signal: null };
const both = ['npm', 'pnpm'] as const;

const test = plain.extend('checkout', async ({}, { onCleanup }) => {
  const checkout = await MiniCheckout.open();
  onCleanup(() => checkout.close());
  return checkout;
});

/** A checkout where everything is installed already. */
const installed = test.extend('ready', async ({ checkout }) => {
  await checkout.start('hello').ended;
  checkout.calls.length = 0;
  return checkout;
});

onUnix.concurrent('a start', () => {
  test('that finds nothing fetches, installs and runs the script with its arguments', async ({ checkout }) => {
    expect(await checkout.start('hello', 'a b', '--c').ended).toMatchObject(ok);
    expect(checkout.stages()).toEqual(['npm', 'pnpm', 'script']);
    const [npm, pnpm, script] = checkout.calls;
    expect(npm?.args).toEqual(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    expect(npm?.env).not.toHaveProperty('npm_config_omit');
    expect(pnpm?.args).toContain('--frozen-lockfile');
    expect(script?.args).toEqual(['a b', '--c']);
    expect(script?.env['PATH']?.startsWith(checkout.at('.toolchain/node-test@26.10.0/bin:'))).toBe(true);
    expect(checkout.leftovers()).toEqual([]);
  });

  installed('that finds everything asks neither npm nor pnpm, so it needs no network', async ({ ready }) => {
    rmSync(ready.at('registry'), { recursive: true });
    expect(await ready.start('hello').ended).toEqual({ ...ok, said: '' });
    expect(ready.stages()).toEqual(['script']);
  });

  test('on a Node that is new enough fetches pnpm only', async ({ checkout }) => {
    checkout.pinNode('18.0.0');
    expect(await checkout.start('hello').ended).toMatchObject(ok);
    expect(checkout.has('.toolchain/pnpm-exe-test@1.0.0/pnpm')).toBe(true);
    expect(checkout.has('.toolchain/node-test@26.10.0')).toBe(false);
  });

  installed.for(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'agent/package.json'])(
    'after a change of %s installs the packages again',
    async (name, { ready }) => {
      ready.write(name, '{ "type": "module", "changed": true }');
      expect(await ready.start('hello').ended).toMatchObject(ok);
      expect(ready.stages()).toEqual(['pnpm', 'script']);
    },
  );

  installed('that finds a tool damaged fetches that one again', async ({ ready }) => {
    truncateSync(ready.at('.toolchain/pnpm-exe-test@1.0.0/pnpm'), 5);
    expect(await ready.start('hello').ended).toMatchObject(ok);
    expect(ready.stages()).toEqual(['npm', 'script']);
  });

  test.for([['.package-lock.json', '.modules.yaml'], ['.package-lock.json'], ['.yarn-integrity']])(
    'removes what another package manager has left: %s',
    async (names, { checkout }) => {
      for (const name of [...names, 'stray/package.json']) checkout.write(`node_modules/${name}`, '{}');
      expect(await checkout.start('hello').ended).toMatchObject(ok);
      expect(checkout.has('node_modules/stray')).toBe(false);
      expect(checkout.has('node_modules/installed')).toBe(true);
    },
  );

  test('from within a start, by the pinned Node, works', async ({ checkout }) => {
    expect(await checkout.start('nested').ended).toMatchObject(ok);
    expect(checkout.stages()).toEqual(['npm', 'pnpm', 'script', 'script']);
  });

  test.for(['', 'no-such', '../hello', 'Hello'])(
    'of the unknown script "%s" is refused before anything is installed',
    async (name, { checkout }) => {
      const { code, said } = await checkout.start(name).ended;
      expect([code, said]).toEqual([1, `There is no script "${name}". "npm run" lists them.\n`]);
      expect(checkout.has('.toolchain')).toBe(false);
    },
  );
});

onUnix.concurrent('an install that fails', () => {
  test('because npm cannot fetch says so once and leaves no half state', async ({ checkout }) => {
    checkout.hold('npm');
    const start = checkout.start('hello');
    (await checkout.next('npm')).answer('fail');
    const { code, said } = await start.ended;
    expect([code, said.match(/npm could not fetch the toolchain/g)?.length]).toEqual([1, 1]);
    expect(said).not.toContain('    at ');
    expect(checkout.leftovers()).toEqual([]);
    checkout.release('npm');
    expect(await checkout.start('hello').ended).toMatchObject(ok);
  });

  test('because the disk filled up, which npm did not notice, keeps nothing of it', async ({ checkout }) => {
    checkout.hold('npm');
    const start = checkout.start('hello');
    (await checkout.next('npm')).answer('half');
    const { code, said } = await start.ended;
    expect([code, said]).toEqual([1, expect.stringContaining('npm left node-test unfinished. Is the disk full?')]);
    expect(checkout.leftovers()).toEqual([]);
    checkout.release('npm');
    expect(await checkout.start('hello').ended).toMatchObject(ok);
  });

  test('because pnpm fails is done again by the next start', async ({ checkout }) => {
    checkout.hold('pnpm');
    const start = checkout.start('hello');
    (await checkout.next('pnpm')).answer('fail');
    const { code, said } = await start.ended;
    expect(code).toBe(1);
    expect(said).toContain('pnpm could not install the packages');
    expect(checkout.leftovers()).toEqual([]);
    checkout.release('pnpm');
    expect(await checkout.start('hello').ended).toMatchObject(ok);
    expect(checkout.stages()).toEqual(['npm', 'pnpm', 'pnpm', 'script']);
  });

  test.skipIf(isRoot)('because the checkout cannot be written says so', async ({ checkout }) => {
    chmodSync(checkout.root, 0o555);
    const { code, said } = await checkout.start('hello').ended;
    chmodSync(checkout.root, 0o755);
    expect(code).toBe(1);
    expect(said).toMatch(/^This checkout cannot be written: .*\n$/);
  });
});

onUnix('without npm', () => {
  test('an install says how to start', async ({ checkout }) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.stubEnv('npm_execpath', '');
    vi.stubEnv('PATH', '');
    const pnpm = { name: '@pnpm/exe-test', bin: 'pnpm', bytes: 1, integrity: '' };
    const pins = {
      node: { minimum: '1.0.0', version: '1.0.0', packages: {} },
      pnpm: { version: '1.0.0', packages: { 'linux-x64': pnpm } },
    };
    const execPath = '/nowhere/bin/node';
    const machine = { platform: 'linux', arch: 'x64', musl: false, nodeVersion: '18.0.0', execPath };
    await expect(install({ root: checkout.root, machine, pins })).rejects.toThrow('npm was not found');
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    expect(checkout.leftovers()).toEqual([]);
  });
});

onUnix.concurrent('a start that is killed', () => {
  test.for(both)('while %s works: the next waits until that has ended, then heals', async (stage, { checkout }) => {
    checkout.hold(stage);
    const killed = checkout.start('hello');
    const orphan = await checkout.next(stage);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const next = checkout.start('hello');
    await next.says('waiting for another start to finish');
    checkout.release(stage);
    orphan.answer('go');
    expect(await next.ended).toMatchObject(ok);
    expect(checkout.stages().filter((name) => name === stage)).toHaveLength(2);
    expect(checkout.leftovers()).toEqual([]);
  });

  test.for(both)('together with %s: the next heals at once', async (stage, { checkout }) => {
    checkout.hold(stage);
    const killed = checkout.start('hello');
    const { pid } = await checkout.next(stage);
    killed.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await killed.ended;
    checkout.release(stage);
    expect(await checkout.start('hello').ended).toMatchObject(ok);
    expect(checkout.leftovers()).toEqual([]);
  });

  installed('while pnpm works on a changed lockfile: going back to the old one installs again', async ({ ready }) => {
    const before = readFileSync(ready.at('pnpm-lock.yaml'), 'utf8');
    ready.write('pnpm-lock.yaml', 'second');
    ready.hold('pnpm');
    const killed = ready.start('hello');
    const { pid } = await ready.next('pnpm');
    killed.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await killed.ended;
    ready.release('pnpm');
    ready.write('pnpm-lock.yaml', before);
    expect(await ready.start('hello').ended).toMatchObject(ok);
    expect(ready.stages()).toEqual(['pnpm', 'pnpm', 'script']);
  });
});

onUnix.concurrent('two starts at once', () => {
  test.for(both)('install once; the second waits while %s works', async (stage, { checkout }) => {
    checkout.hold(stage);
    const first = checkout.start('hello');
    const call = await checkout.next(stage);
    const second = checkout.start('hello');
    await second.says('waiting for another start to finish');
    call.answer('go');
    expect(await Promise.all([first.ended, second.ended])).toMatchObject([ok, ok]);
    expect(checkout.stages().toSorted()).toEqual(['npm', 'pnpm', 'script', 'script']);
  });
});

onUnix.concurrent('the end', () => {
  test.for([
    ['SIGTERM', 5],
    ['SIGINT', 6],
  ] as const)('%s reaches the script, whose exit code is handed on', async ([signal, code], { checkout }) => {
    checkout.hold('script');
    const start = checkout.start('hello');
    await checkout.next('script');
    start.child.kill(signal);
    expect(await start.ended).toMatchObject({ code, signal: null });
  });

  test.for(both)('SIGTERM reaches %s, then ends the start, and nothing is half done', async (stage, { checkout }) => {
    checkout.hold(stage);
    const start = checkout.start('hello');
    await checkout.next(stage);
    start.child.kill('SIGTERM');
    expect(await start.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(checkout.leftovers()).toEqual([]);
    expect(checkout.has('node_modules/.fettle-ready')).toBe(false);
  });

  test('SIGTERM to the shell that npm put between reaches the script', async ({ checkout }) => {
    checkout.hold('script');
    const start = checkout.startByShell('hello');
    await checkout.next('script');
    start.child.kill('SIGTERM');
    expect(await start.ended).toMatchObject({ signal: 'SIGTERM' }); // and with the shell all that writes where it did
  });

  test('a signal that ends the script ends the start', async ({ checkout }) => {
    expect(await checkout.start('hello', 'kill-me').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test("the script's exit code is handed on", async ({ checkout }) => {
    checkout.hold('script');
    const start = checkout.start('hello');
    (await checkout.next('script')).answer('fail');
    expect(await start.ended).toMatchObject({ code: 3, signal: null });
  });
});

plain('the folders whose package.json is watched are those of the workspace', () => {
  const workspace = readFileSync(join(import.meta.dirname, '../../pnpm-workspace.yaml'), 'utf8');
  const [, packages = ''] = /^packages: \[(.*)\]$/m.exec(workspace) ?? [];
  expect(packages.split(', ').toSorted()).toEqual(WORKSPACE.toSorted());
});
