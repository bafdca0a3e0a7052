// Repositories that the real restic and the real borg made.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost } from '../../host/host.ts';
import { childHostAt } from '../fixture.ts';
import type { Backup } from './ask.ts';
import { backups } from './backups.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-repositories-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string) => join(root, name);
const env = { PATH: '/usr/bin:/bin', TZ: 'UTC', HOME: root, BORG_BASE_DIR: at('borg-base') };
const call = (program: string, args: readonly string[], more = {}) =>
  execFileSync(program, args, { env: { ...env, ...more }, stdio: 'pipe' });

beforeAll(() => {
  writeFileSync(at('secret'), 'geheim\n', { mode: 0o600 });
  writeFileSync(at('wrong'), 'falsch\n', { mode: 0o600 });
  writeFileSync(at('data'), 'x'.repeat(1_000));
});

const read = async (backup: Backup) => {
  const host: ChildHost = childHostAt('', { declared: { ...NOTHING_DECLARED, backup: [backup] } });
  // so that borg keeps nothing in the home of who tests
  const run: ChildHost['run'] = (program, args, options) =>
    host.run(program, args, { ...options, env: { ...options?.env, BORG_BASE_DIR: env.BORG_BASE_DIR, HOME: root } });
  const { samples, partial = [] } = await backups().collect(
    { ...host, run },
    { monoMs: 0, signal: new AbortController().signal },
  );
  const values = samples.map(({ metric, value }) => [metric.replace('fettle.backup.', ''), value]);
  return { ...(Object.fromEntries(values) as Record<string, number>), partial: partial.map(({ detail }) => detail) };
};
const young: unknown = expect.toSatisfy((age: number) => age >= 0 && age < 120);

const withRestic = missing(needs.restic);
describe.skipIf(withRestic.skip)(`restic${withRestic.why}`, () => {
  const restic = (...args: readonly string[]) =>
    call('restic', ['-q', '--no-cache', `--repo=${at('restic')}`, `--password-file=${at('secret')}`, ...args]);
  const declared = (changes: object = {}): Backup => ({
    name: 'r',
    kind: 'restic',
    repository: at('restic'),
    password_file: at('secret'),
    ...changes,
  });

  it('a new repository has none; then one of this machine', async () => {
    restic('init');
    expect(await read(declared())).toEqual({ state: 2, partial: [] });
    restic('backup', '--host', 'here', at('data'));
    expect(await read(declared())).toMatchObject({ state: 0, age: young, partial: [] });
    expect(await read(declared({ host: 'here' }))).toMatchObject({ state: 0 });
    expect(await read(declared({ host: 'there' }))).toEqual({ state: 2, partial: [] });
  }, 20_000);

  it('a wrong password, and no repository: told, and no state', async () => {
    expect(await read(declared({ password_file: at('wrong') }))).toEqual({
      partial: [expect.stringContaining('wrong password')],
    });
    expect(await read(declared({ repository: at('none') }))).toEqual({
      partial: [expect.stringContaining('restic ended with')],
    });
  }, 20_000);
});

const withBorg = missing(needs.borg);
describe.skipIf(withBorg.skip)(`borg${withBorg.why}`, () => {
  const borg = (...args: readonly string[]) => call('borg', args, { BORG_PASSPHRASE: 'geheim' });
  const declared = (changes: object = {}): Backup => ({
    name: 'b',
    kind: 'borg',
    repository: at('borg'),
    passphrase_file: at('secret'),
    ...changes,
  });

  it('a new repository has none; then one of this series', async () => {
    borg('init', '-e', 'repokey', at('borg'));
    expect(await read(declared())).toEqual({ state: 2, partial: [] });
    borg('create', `${at('borg')}::web-1`, at('data'));
    expect(await read(declared())).toEqual({ state: 0, age: young, partial: [] });
    expect(await read(declared({ archives: 'web-*' }))).toMatchObject({ state: 0 });
    expect(await read(declared({ archives: 'mail-*' }))).toEqual({ state: 2, partial: [] });
  }, 20_000);

  it('without encryption', async () => {
    borg('init', '-e', 'none', at('plain'));
    borg('create', `${at('plain')}::a`, at('data'));
    const { passphrase_file: _, ...plain } = { ...declared({ repository: at('plain') }), passphrase_file: '' };
    expect(await read(plain)).toMatchObject({ state: 0, partial: [] });
  }, 20_000);

  it('a wrong passphrase, and no repository: told, and no state', async () => {
    expect(await read(declared({ passphrase_file: at('wrong') }))).toEqual({
      partial: [expect.stringContaining('borg ended with 2')],
    });
    expect(await read(declared({ repository: at('none') }))).toEqual({
      partial: [expect.stringContaining('borg ended with 2')],
    });
  }, 20_000);
});
