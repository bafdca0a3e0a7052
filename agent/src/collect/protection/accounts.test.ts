// Who may do everything here, and who is new among them.
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HOUR_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChildHost, Memory } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { adminsOf, canLogIn, parseGroups, parsePasswd } from './accounts.parse.ts';
import { accounts } from './accounts.ts';
import { parseSessions } from './sessions.parse.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
syslog:x:104:110::/home/syslog:/usr/sbin/nologin
anna:x:1000:1000:Anna Ö,,,:/home/anna:/bin/bash
ben:x:1001:27::/home/ben:/usr/bin/zsh
noshell:x:1002:1002::/home/noshell:
`;
const GROUP = `root:x:0:
adm:x:4:syslog,anna
sudo:x:27:anna
users:x:100:carl
`;
const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('administrators', () => {
  const admins = (passwd: string, group: string) =>
    Object.fromEntries(
      adminsOf(parsePasswd(passwd), parseGroups(group)).map(({ name, because }) => [name, because.join(', ')]),
    );

  it('are whoever has user id 0, is a member of their groups, or has one as the first group', () => {
    expect(admins(PASSWD, GROUP)).toEqual({ anna: 'adm, sudo', ben: 'sudo', root: 'user id 0' });
  });

  it.each([
    ['a second account with user id 0', 'toor:x:0:0::/root:/bin/sh\n', '', { toor: 'user id 0' }],
    [
      'a member from a directory',
      '',
      'wheel:*:10:carl@corp.example,CORP\\dora\n',
      { 'CORP\\dora': 'wheel', 'carl@corp.example': 'wheel' },
    ],
    ['the members of one group in two lines', '', 'sudo:x:27:anna\nsudo:x:27:ben\n', { anna: 'sudo', ben: 'sudo' }],
    ['a service among those who read logs', 'syslog:x:104:110::/:/bin/false\n', 'adm:x:4:syslog\n', {}],
    ['a service among those who may become root', 'web:x:33:33::/:/bin/false\n', 'sudo:x:27:web\n', { web: 'sudo' }],
    ['a comment', '#toor:x:0:0::/root:/bin/sh\n', '#sudo:x:27:anna\n', {}],
    ['half a line', 'toor:x:', 'sudo:x:27', {}],
    ['a user id that is none', 'toor:x::0::/root:/bin/sh\ntoor:x:-0:0::/:/bin/sh\n', '', {}],
    ['CRLF', 'toor:x:0:0::/root:/bin/sh\r\n', 'sudo:x:27:anna\r\n', { anna: 'sudo', toor: 'user id 0' }],
    ['nothing', '', '', {}],
  ])('%s', (_what, passwd, group, expected) => expect(admins(passwd, group)).toEqual(expected));

  it('log in where their shell lets them', () => {
    expect(
      parsePasswd(PASSWD)
        .filter(canLogIn)
        .map(({ name }) => name),
    ).toEqual(['root', 'anna', 'ben', 'noshell']);
  });

  it.each(faultyTexts(`${PASSWD}${GROUP}`))('gone wrong ($name) have clean names or none', ({ text }) => {
    const names = adminsOf(parsePasswd(text), parseGroups(text)).map(({ name }) => name);
    expect(names.filter((name) => !/^[^\s:,]+$/.test(name))).toEqual([]);
  });

  it('any lines at all', () => {
    const line = fc.array(fc.oneof(fc.string(), fc.constantFrom('0', 'sudo', 'x'))).map((fields) => fields.join(':'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        adminsOf(parsePasswd(lines.join('\n')), parseGroups(lines.join('\n')));
      }),
    );
  });
});

describe('who is logged in', () => {
  it.each([
    ['[{"session":"2","uid":1000,"user":"ben"},{"session":"5","user":"anna"},{"user":"ben"}]', ['anna', 'ben']],
    ['[]', []],
    ['[1,null,{"user":7}]', []],
    ['{"user":"x"}', undefined],
    ['System has not been booted with systemd', undefined],
  ])('%s', (text, expected) => expect(parseSessions(text)).toEqual(expected));
});

describe('the collector', () => {
  let root: string;
  let memory: Memory;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-accounts-'));
    memory = memoryOf();
    writeTree(root, { 'etc/passwd': PASSWD, 'etc/group': GROUP });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const read = (hours = 0, change: Partial<ChildHost> = {}): Promise<Reading> =>
    accounts().collect(
      { ...childHostAt(root, { memory, wallMs: () => NOW + hours * HOUR_MS }), ...change },
      { monoMs: 0, signal: new AbortController().signal },
    );
  const added = ({ samples }: Reading) =>
    Object.fromEntries(samples.map(({ attributes, value }) => [attributes['fettle.account.name'] ?? '', value]));
  const sudo = (...members: readonly string[]) => writeTree(root, { 'etc/group': `sudo:x:27:${members.join(',')}\n` });
  const QUIET = { anna: 0, ben: 0, root: 0 };

  it('takes those of the first reading as they are', async () => expect(added(await read())).toEqual(QUIET));

  it('tells of a new one once, after which it is one of them', async () => {
    await read();
    sudo('anna', 'mallory');
    expect(added(await read(1))).toEqual({ ...QUIET, mallory: 1 });
    expect(added(await read(2))).toEqual({ ...QUIET, mallory: 0 });
  });

  it('one who is removed goes away, and is new again a day later', async () => {
    await read();
    sudo();
    expect(added(await read(1))).toEqual({ ben: 0, root: 0 });
    await read(30);
    sudo('anna');
    expect(added(await read(31))).toEqual({ ...QUIET, anna: 1 });
  });

  it('members of a directory that does not answer for an hour are not new afterwards', async () => {
    installProgram(root, 'usr/bin/getent', 'echo "wheel:*:10:carl@corp.example"; exit 2');
    expect(added(await read())).toMatchObject({ 'carl@corp.example': 0 });
    installProgram(root, 'usr/bin/getent', 'exit 1');
    const silent = await read(1);
    expect([added(silent), silent.partial?.map(({ code }) => code)]).toEqual([QUIET, ['service_broken']]);
    installProgram(root, 'usr/bin/getent', 'echo "wheel:*:10:carl@corp.example"; exit 2');
    expect(added(await read(2))).toEqual({ ...QUIET, 'carl@corp.example': 0 });
  });

  it('a directory that hangs costs its own members alone', async () => {
    installProgram(root, 'usr/bin/getent', 'exec sleep 30');
    const real = childHostAt(root, { memory, wallMs: () => NOW });
    const run: ChildHost['run'] = (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 });
    const reading = await read(0, { run });
    expect([added(reading), reading.partial?.map(({ code }) => code)]).toEqual([QUIET, ['timeout']]);
  });

  it('lists administrators, logins, sessions, and when the rules of sudo changed, not what they say', async () => {
    writeTree(root, { 'etc/sudoers': 'root ALL=(ALL) ALL\n' });
    utimesSync(join(root, 'etc/sudoers'), 0, Date.parse('2026-11-22T10:00:00Z') / 1000);
    installProgram(root, 'usr/bin/loginctl', `echo '[{"user":"anna"}]'`);
    const before = await read();
    const facts = ({ sections = [] }: Reading, id: string) => sections.find((one) => one.id === id)?.facts;
    expect(facts(before, 'accounts')?.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Administrator anna: adm, sudo',
      'Administrator ben: sudo',
      'Administrator root: user id 0',
      'Login root: user id 0, /bin/bash',
      'Login anna: user id 1000, /bin/bash',
      'Login ben: user id 1001, /usr/bin/zsh',
      'Login noshell: user id 1002,',
    ]);
    expect(facts(before, 'sessions')).toEqual([{ label: 'User', value: 'anna' }]);
    expect(facts(before, 'sudoers')).toEqual([
      { label: '/etc/sudoers', value: '19 bytes, changed 2026-11-22T10:00:00Z' },
    ]);
    writeTree(root, { 'etc/sudoers.d/mallory': 'mallory ALL=(ALL) NOPASSWD: ALL\n' });
    const after = await read();
    expect(facts(after, 'sudoers')?.map(({ label }) => label)).toEqual(['/etc/sudoers', '/etc/sudoers.d/mallory']);
    expect(JSON.stringify(after.sections)).not.toContain('NOPASSWD');
  });

  it('a directory of thousands is watched in part, and says so', async () => {
    sudo(...Array.from({ length: 5_000 }, (_, index) => `u${index}`));
    const reading = await read();
    expect([reading.samples.length, reading.partial?.[0]?.detail]).toEqual([
      200,
      '5002 administrators: 200 are watched',
    ]);
  });

  it.each([undefined, null, { seen: [] }, { seen: { anna: 'x' } }])(
    'what is remembered (%j) may be nonsense: then this is the first reading',
    async (kept) => {
      memory = memoryOf({ accounts: kept });
      expect(added(await read())).toEqual(QUIET);
    },
  );

  it('without accounts is not available', async () => {
    rmSync(join(root, 'etc/passwd'));
    await expect(accounts().probe(childHostAt(root))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
