// [[check]] in a real file: what is taken, and that what is not is named with file, entry and key.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { ConfigError, loadConfig } from './config.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-config-checks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const path = join(root, 'agent.toml');

const load = (...entries: readonly string[]) => {
  writeFileSync(path, entries.map((entry) => `[[check]]\n${entry}\n`).join('\n'));
  return loadConfig({ flags: { config: path }, env: { ProgramData: root }, platform: 'win32' }).config.check;
};

const problemOf = (...entries: readonly string[]): string => {
  try {
    load(...entries);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

const ICMP = 'name = "switch 1"\nkind = "icmp"\nhost = "192.0.2.1"';
const TCP = 'name = "switch 1"\nkind = "tcp"\nhost = "2001:db8::1"\nport = 443\nevery = 30\ntimeout = 20';
const HTTP =
  'name = "Büro & Lager"\nkind = "http"\nurl = "https://shop.example:8443/x?y#z"\nstatus = 401\ntext = "Shop"';
const V2C =
  'name = "printer"\nkind = "snmp"\nhost = "printer.example"\nversion = "2c"\ncommunity_file = "/etc/fettle/c"';
const V3 =
  'name = "ups"\nkind = "snmp"\nhost = "192.0.2.9"\nversion = "3"\nuser = "u"\nauth = "sha256"\nauth_file = "/a"\npriv = "aes"\npriv_file = "/p"\nport = 1161\ninterfaces = ["Gi1/0/1"]';

describe('a declared check', () => {
  it('of every kind is taken as it stands', () => {
    const taken = load(ICMP, TCP, HTTP, V2C, V3);
    expect(taken.map(({ kind }) => kind)).toEqual(['icmp', 'tcp', 'http', 'snmp', 'snmp']);
    expect(taken[1]).toEqual({
      name: 'switch 1',
      kind: 'tcp',
      host: '2001:db8::1',
      port: 443,
      every: 30,
      timeout: 20,
    });
  });

  it('without any there are none', () => {
    expect(load()).toEqual([]);
  });

  it.each<[what: string, entry: string, words: string]>([
    ['without a name', 'kind = "icmp"\nhost = "a"', 'entry 2, name: '],
    ['with a slash in its name', ICMP.replace('switch 1', 'a/b'), 'entry 2, name: '],
    ['with an empty name', ICMP.replace('switch 1', ''), 'entry 2, name: '],
    ['with a name that is too long', ICMP.replace('switch 1', 'x'.repeat(61)), 'entry 2, name: '],
    ['of no kind', ICMP.replace('icmp', 'ftp'), 'entry 2, kind: '],
    ['without a host', 'name = "a"\nkind = "icmp"', 'entry 2, host: is missing: icmp needs it'],
    ['with a flag for a host', ICMP.replace('192.0.2.1', '-f'), 'entry 2, host: '],
    ['with a command for a host', ICMP.replace('192.0.2.1', 'a; reboot'), 'entry 2, host: '],
    ['without a port', 'name = "a"\nkind = "tcp"\nhost = "a"', 'entry 2, port: is missing: tcp needs it'],
    ['with port 0', TCP.replace('443', '0'), 'entry 2, port: '],
    ['too often', TCP.replace('every = 30', 'every = 29'), 'entry 2, every: '],
    ['with a time-out beyond all', TCP.replace('timeout = 20', 'timeout = 21'), 'entry 2, timeout: '],
    ['of a file', HTTP.replace('https:', 'file:'), 'entry 2, url: '],
    ['with a password in the address', HTTP.replace('shop.', 'me:secret@shop.'), 'entry 2, url: '],
    ['with a key that its kind does not take', `${ICMP}\nport = 1`, 'entry 2, port: does not belong to icmp'],
    ['with a key that nobody knows', `${ICMP}\ncommand = "reboot"`, 'entry 2: '],
    [
      'by SNMP without a version',
      'name = "a"\nkind = "snmp"\nhost = "a"',
      'entry 2, version: is missing: snmp needs it',
    ],
    ['by SNMP 1', V2C.replace('2c', '1'), 'entry 2, version: '],
    [
      'by SNMP without a community',
      V2C.replace(/community.*/, ''),
      'entry 2, community_file: is missing: snmp 2c needs it',
    ],
    ['with the community itself', V2C.replace('community_file = "/etc/fettle/c"', 'community = "public"'), 'entry 2: '],
    ['with a file that is nowhere certain', V2C.replace('/etc/fettle/c', 'c'), 'entry 2, community_file: '],
    ['by SNMP 3 without a user', V3.replace('user = "u"\n', ''), 'entry 2, user: is missing: snmp 3 needs it'],
    [
      'hidden but not proven',
      V3.replace('auth = "sha256"\nauth_file = "/a"\n', ''),
      'entry 2, auth_file: is missing: priv_file needs it',
    ],
    [
      'with a way to hide and no secret',
      V3.replace('priv_file = "/p"\n', ''),
      'entry 2, priv_file: is missing: priv needs it',
    ],
    ['twice', ICMP, 'entry 2, name: "switch 1" has such a check already'],
  ])('%s is refused by its file, place and key', (_what, entry, words) => {
    const problem = problemOf(ICMP, entry);
    expect(problem).toContain(`file ${path}: check: ${words}`);
    expect(problem).toContain('Expected: [[check]] sections');
    expect(problem).not.toMatch(/secret|\n/);
  });

  it('of two addresses that differ only in what is not told to a server is there twice', () => {
    expect(problemOf(HTTP, HTTP.replace('?y#z', '?other'))).toContain('entry 2, name: "Büro & Lager" has such a check');
  });

  it('of several kinds may have one name, and of two ports too', () => {
    expect(load(ICMP, TCP, TCP.replace('443', '80'))).toHaveLength(3);
  });

  it.each([
    [200, true],
    [201, false],
  ])('%d of them: taken is %s', (count, isTaken) => {
    const entries = Array.from({ length: count }, (_, index) => ICMP.replace('switch 1', `s${index}`));
    if (isTaken) expect(load(...entries)).toHaveLength(count);
    else expect(problemOf(...entries)).toContain('check: ');
  });
});
