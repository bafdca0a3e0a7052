// [[backup]] sections as they stand in the file.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { ConfigError, loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-declared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (toml: string, mode = 0o644) => {
  const path = join(folder, 'agent.toml');
  writeFileSync(path, toml);
  chmodSync(path, mode);
  return loadConfig({ flags: { config: path }, env: {}, platform: process.platform }).config.backup;
};
const COMMAND = '[[backup]]\nname = "own"\nkind = "command"\ncommand = ["/usr/local/bin/check", "--all"]\n';

describe('a backup', () => {
  it('of each kind', () => {
    const found = load(`${COMMAND}
[[backup]]
name = "dumps"
kind = "files"
path = "/srv/dumps/*.gz"
min_size = 1_000_000
restore_test_log = "/var/log/restore"
[[backup]]
name = "r"
kind = "restic"
repository = "sftp:backup@host:/srv/restic"
password_file = "/etc/fettle/restic"
[[backup]]
name = "b"
kind = "borg"
repository = "/srv/borg"
[[backup]]
name = "nightly"
kind = "systemd"
unit = "backup@home.timer"
`);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['own', 'command'],
      ['dumps', 'files'],
      ['r', 'restic'],
      ['b', 'borg'],
      ['nightly', 'systemd'],
    ]);
  });

  it.each([
    ['without a kind', '[[backup]]\nname = "a"\n'],
    ['of no known kind', '[[backup]]\nname = "a"\nkind = "tape"\n'],
    ['with a password in the file', COMMAND.replace('command"', 'restic"\npassword = "x"')],
    ['with a relative path', '[[backup]]\nname = "a"\nkind = "files"\npath = "dumps"\n'],
    ['with a unit that could be an option', '[[backup]]\nname = "a"\nkind = "systemd"\nunit = "--all"\n'],
  ])('%s is refused, and the entry named', (_what, toml) => {
    expect(() => load(toml)).toThrow(ConfigError);
    expect(() => load(toml)).toThrow(/agent\.toml: backup: entry 1/);
  });

  it.skipIf(process.platform === 'win32').each([0o664, 0o646])(
    'a program to run, in a file that others can write (%i), is refused',
    (mode) => {
      expect(() => load(COMMAND, mode)).toThrow(/declares a program to run, and can be changed by others than root/);
      expect(load('[[backup]]\nname = "a"\nkind = "borg"\nrepository = "r"\n', mode)).toHaveLength(1);
    },
  );
});
