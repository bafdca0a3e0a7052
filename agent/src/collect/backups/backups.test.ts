// Backups of every kind: real files, real programs, and scripts in the place of systemd.
import { chmodSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost, Memory } from '../../host/host.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import type { Backup } from './ask.ts';
import { backups } from './backups.ts';

const HOUR_S = 3_600;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fettle-backups-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Changes = { readonly memory?: Memory; readonly wallMs?: () => number };

const hostWith = (backup: readonly Backup[], changes: Changes = {}): ChildHost =>
  childHostAt(root, { declared: { ...NOTHING_DECLARED, backup: [...backup] }, ...changes });

const read = async (backup: readonly Backup[], changes?: Changes) => {
  const { samples, partial = [] } = await backups().collect(hostWith(backup, changes), {
    monoMs: 0,
    signal: new AbortController().signal,
  });
  const values = samples.map(({ metric, value }) => [metric.replace('fettle.backup.', ''), Math.round(value)]);
  return {
    ...(Object.fromEntries(values) as Record<string, number>),
    partial: partial.map(({ code, detail }) => `${code} ${detail}`),
  };
};

/** A file of so many bytes, written so long ago. */
const put = (path: string, bytes: number, hoursAgo: number) => {
  writeTree(root, { [path]: 'x'.repeat(bytes) });
  const at = Date.now() / 1000 - hoursAgo * HOUR_S;
  utimesSync(join(root, path), at, at);
};

const near = (value: number): unknown => expect.toSatisfy((other: number) => Math.abs(other - value) < 60);

describe('files', () => {
  const files = (path: string, min_size?: number): Backup => ({
    name: 'dumps',
    kind: 'files',
    path,
    ...(min_size !== undefined && { min_size }),
  });

  it('the newest of a folder counts', async () => {
    put('srv/dumps/old.sql', 10, 48);
    put('srv/dumps/new.sql', 20, 2);
    expect(await read([files('/srv/dumps')])).toEqual({ state: 0, age: near(2 * HOUR_S), size: 20, partial: [] });
  });

  it.each([
    ['/srv/*/db-?.sql.gz', 11],
    ['/srv/a/*', 13],
    ['/srv/a/.*', 14],
    ['/srv/b/db-1.sql.gz', 12],
  ])('a pattern as the shell has it: %s', async (pattern, size) => {
    put('srv/a/db-1.sql.gz', 11, 1);
    put('srv/b/db-1.sql.gz', 12, 2);
    put('srv/a/db-10.sql.gz', 13, 0.5);
    put('srv/a/.hidden', 14, 0.1);
    expect(await read([files(pattern)])).toMatchObject({ state: 0, size });
  });

  it('a folder without any: never', async () => {
    put('srv/dumps/sub/file', 1, 1);
    expect(await read([files('/srv/dumps')])).toEqual({ state: 2, partial: [] });
  });

  it('too small: the age is that of the last good one', async () => {
    put('srv/dumps/old.sql', 1_000, 48);
    put('srv/dumps/new.sql', 20, 2);
    expect(await read([files('/srv/dumps', 500)])).toEqual({
      state: 3,
      age: near(48 * HOUR_S),
      size: 1_000,
      partial: [],
    });
  });

  it('one that is being written is not too small yet', async () => {
    put('srv/dumps/old.sql', 1_000, 24);
    put('srv/dumps/new.sql', 20, 0);
    expect(await read([files('/srv/dumps', 500)])).toMatchObject({ state: 0, age: near(24 * HOUR_S) });
  });

  it.each(['/srv/none', '/srv/none/*.sql'])(
    '%s, a folder that is not there, is told and is not "never"',
    async (path) => {
      expect(await read([files(path)])).toEqual({ partial: [expect.stringMatching(/dumps: ENOENT/)] });
    },
  );

  it('a time in the future is no age', async () => {
    put('srv/dumps/a', 1, -5);
    expect(await read([files('/srv/dumps')])).toEqual({ partial: [expect.stringMatching(/lies in the future/)] });
  });

  it('two of one name: the second is refused', async () => {
    put('srv/dumps/a', 1, 1);
    expect((await read([files('/srv/dumps'), files('/srv')])).partial).toEqual([
      expect.stringMatching('another backup has this name'),
    ]);
  });

  it('when a restore was last tested', async () => {
    put('srv/dumps/a', 1, 1);
    const tenDaysAgo = new Date(Date.now() - 10 * 24 * HOUR_S * 1000).toISOString();
    writeTree(root, { 'var/log/restore': `${tenDaysAgo} ok\n` });
    const found = await read([{ ...files('/srv/dumps'), restore_test_log: '/var/log/restore' }]);
    expect(found).toMatchObject({ state: 0, 'restore_test.age': near(10 * 24 * HOUR_S), partial: [] });
    const without = await read([{ ...files('/srv/dumps'), restore_test_log: '/var/log/none' }]);
    expect(without).toMatchObject({ state: 0, partial: [expect.stringMatching(/ENOENT/)] });
  });
});

describe('a unit of systemd', () => {
  const unit: Backup = { name: 'nightly', kind: 'systemd', unit: 'backup.timer' };
  const endedAt = (hoursAgo: number) => {
    const [day, time] = new Date(Date.now() - hoursAgo * HOUR_S * 1000).toISOString().split(/[T.]/);
    return `Mon ${day} ${time} UTC`;
  };
  const systemctl = (result: string, ended: string) =>
    installProgram(
      root,
      'usr/bin/systemctl',
      `case "$*" in *backup.timer) echo Unit=backup.service; echo LoadState=loaded;;
*backup.service) printf 'LoadState=loaded\\nResult=%s\\nExecMainExitTimestamp=%s\\n' '${result}' '${ended}';;
*) echo LoadState=not-found;; esac`,
    );

  it('its timer leads to it', async () => {
    systemctl('success', endedAt(3));
    expect(await read([unit])).toEqual({ state: 0, age: near(3 * HOUR_S), partial: [] });
  });

  it('failed: the last good one is remembered, also over a reboot', async () => {
    const memory = memoryOf();
    systemctl('success', endedAt(20));
    await read([unit], { memory });
    systemctl('exit-code', endedAt(1));
    expect(await read([unit], { memory })).toEqual({ state: 1, age: near(20 * HOUR_S), partial: [] });
    systemctl('success', '');
    expect(await read([unit], { memory })).toEqual({ state: 1, age: near(20 * HOUR_S), partial: [] });
    expect(await read([{ ...unit, name: 'other' }], { memory })).toEqual({
      partial: ['service_broken other: it has not run since this machine was started'],
    });
    expect(memory.read('backups')).toEqual({}); // what is no longer declared is forgotten
  });

  it('that is not there is told', async () => {
    systemctl('success', endedAt(3));
    expect(await read([{ ...unit, unit: 'none.service' }])).toEqual({
      partial: ['service_broken nightly: none.service: there is no such unit'],
    });
  });
});

describe('a program of one’s own', () => {
  const program = (name: string, script: string) => {
    installProgram(root, name, script);
    return join(root, name);
  };
  const command = (...argv: readonly string[]): Backup => ({ name: 'own', kind: 'command', command: [...argv] });

  it('gets its arguments, and is believed', async () => {
    const path = program('check', `echo "{\\"size\\": $1, \\"time\\": $(($(date +%s) - 7200))}"`);
    expect(await read([command(path, '123')])).toEqual({ state: 0, age: near(2 * HOUR_S), size: 123, partial: [] });
  });

  it('fails by its exit code', async () => {
    expect(await read([command(program('check', 'exit 7'))])).toEqual({ state: 1, partial: [] });
  });

  it('is not run when others could have changed it, or the folder that it lies in', async () => {
    const path = program('bin/check', `touch ${root}/was-run`);
    for (const [what, mode] of [[path, 0o775] as const, [join(root, 'bin'), 0o777] as const]) {
      const before = statSync(what).mode;
      chmodSync(what, mode);
      expect((await read([command(path)])).partial).toEqual([
        `policy_blocked own: ${path} is not run: ${what} can be changed by others than root`,
      ]);
      chmodSync(what, before);
    }
    expect(() => statSync(join(root, 'was-run'))).toThrow('ENOENT');
    expect(await read([command(path)])).toMatchObject({ state: 0 });
    expect(statSync(join(root, 'was-run')).isFile()).toBe(true);
  });

  it('is named by its whole path', async () => {
    expect((await read([command('true')])).partial).toEqual([expect.stringMatching(/^\w+ own: /)]);
  });
});

describe('where none is declared', () => {
  it('says so, and what seems to make backups all the same', async () => {
    installProgram(root, 'usr/bin/restic', '');
    writeTree(root, {
      'etc/systemd/system/borgmatic.timer': '',
      'usr/lib/systemd/system/dpkg-db-backup.timer': '',
    });
    expect(await backups().probe(hostWith([]))).toEqual({
      ok: false,
      reason: {
        code: 'no_hardware',
        detail: 'no backup is declared, though there is restic, borgmatic.timer',
        fix: 'declare it in a [[backup]] section of agent.toml',
      },
    });
  });

  it('says which are declared where there are', async () => {
    expect(await backups().probe(hostWith([{ name: 'a', kind: 'systemd', unit: 'a.service' }]))).toEqual({
      ok: true,
      source: 'a (systemd)',
    });
  });
});

it('secrets that every user can read are refused', async () => {
  installProgram(root, 'usr/bin/restic', 'echo "[]"');
  writeTree(root, { 'etc/secret': 'x' });
  chmodSync(join(root, 'etc/secret'), 0o644);
  const restic: Backup = { name: 'r', kind: 'restic', repository: '/srv/repo', password_file: '/etc/secret' };
  expect(await read([restic])).toEqual({
    partial: ['policy_blocked r: /etc/secret can be read by every user of this machine'],
  });
  chmodSync(join(root, 'etc/secret'), 0o640);
  expect(await read([restic])).toEqual({ state: 2, partial: [] });
});

it('no password of an address leaves the machine', async () => {
  installProgram(
    root,
    'usr/bin/restic',
    'echo "Fatal: cannot open rest:https://me:geheim@backup.example/r" >&2; exit 1',
  );
  writeTree(root, { 'etc/secret': 'x' });
  chmodSync(join(root, 'etc/secret'), 0o600);
  const address = 'rest:https://me:geheim@backup.example/r';
  const found = await read([{ name: 'r', kind: 'restic', repository: address, password_file: '/etc/secret' }]);
  expect(found.partial).toEqual([expect.stringContaining('rest:https://…@backup.example/r')]);
});

describe.each([
  ['nothing', ''],
  ['an exit code', 'exit 1'],
  ['half of it', `printf '[{"time":"2026-11'`],
  ['bytes', String.raw`printf '\377\376\000'`],
  ['20 MiB', 'yes | head -c 20971520'],
])('%s in place of an answer', (_what, script) => {
  it.each(['restic', 'borg', 'systemctl'])('of %s is told, and is no state', async (tool) => {
    installProgram(root, `usr/bin/${tool}`, script);
    writeFileSync(join(root, 'secret'), 'x', { mode: 0o600 });
    const kinds: Record<string, Backup> = {
      restic: { name: 'n', kind: 'restic', repository: 'r', password_file: '/secret' },
      borg: { name: 'n', kind: 'borg', repository: 'r' },
      systemctl: { name: 'n', kind: 'systemd', unit: 'a.service' },
    };
    const backup = kinds[tool];
    expect(await read(backup ? [backup] : [])).toEqual({ partial: [expect.stringMatching(/^\w+ n: /)] });
  });
});
