// The journal, read by the real journalctl from real journal files, and by programs that fail in every way.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { missing } from '../../../../test/support/needs.ts';
import type { ChildHost } from '../../host/host.ts';
import { type Reading, reasonOf } from '../collector.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { journal } from './journal.ts';

vi.setConfig({ testTimeout: 30_000 }); // programs and files, on slow machines
const folder = mkdtempSync(join(tmpdir(), 'fettle-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const moment = { monoMs: 0, signal: new AbortController().signal };
const BOOT = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
let root = '';
let host: ChildHost;
beforeEach(() => {
  root = mkdtempSync(join(folder, 'machine-'));
  writeTree(root, { 'run/systemd/journal/socket': '', 'proc/sys/kernel/random/boot_id': `${BOOT}\n` });
  host = childHostAt(root, { memory: memoryOf() });
});

const read = () => journal().collect(host, moment);
const valuesOf = ({ samples }: Reading) =>
  Object.fromEntries(samples.map(({ metric, value }) => [metric.slice(11), value]));
const factsOf = ({ sections }: Reading) => sections?.[0]?.facts.map(({ label, value }) => `${label}: ${value}`);

const REMOTE = '/lib/systemd/systemd-journal-remote';
const tools = missing({
  isMet: existsSync(REMOTE) && existsSync('/usr/bin/journalctl'),
  reason: 'needs journalctl and systemd-journal-remote',
});

describe.skipIf(tools.skip)(`journalctl${tools.why}`, () => {
  const START_US = 1_763_856_000_000_000;
  let count = 0;
  beforeEach(() => {
    count = 0;
    installProgram(root, 'usr/bin/journalctl', `exec /usr/bin/journalctl -D ${root}/journal "$@"`);
    mkdirSync(join(root, 'journal'));
  });

  /** Fields in systemd's export format: those with bytes beyond ASCII are written with their length before them. */
  const fieldOf = (name: string, value: Buffer): Buffer => {
    if (value.every((byte) => byte >= 0x20 && byte < 0x7f)) return Buffer.from(`${name}=${value.toString()}\n`);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(value.length));
    return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')]);
  };

  /** Puts entries into the journal, as journald would. */
  const write = (...entries: readonly Readonly<Record<string, string | Buffer>>[]): void => {
    const text = entries.map((fields) => {
      count += 1;
      const known = {
        __REALTIME_TIMESTAMP: String(START_US + count * 1_000_000),
        __MONOTONIC_TIMESTAMP: String(count * 1_000_000),
        _BOOT_ID: BOOT.replaceAll('-', ''),
        PRIORITY: '3',
        _TRANSPORT: 'journal',
        MESSAGE: 'it failed',
      };
      const all = Object.entries({ ...known, ...fields });
      return Buffer.concat([...all.map(([name, value]) => fieldOf(name, Buffer.from(value))), Buffer.from('\n')]);
    });
    const path = join(root, 'export');
    writeFileSync(path, Buffer.concat(text));
    execFileSync(REMOTE, ['-o', join(root, 'journal', `${String(count).padStart(6, '0')}.journal`), path], {
      stdio: 'ignore',
    });
  };

  it('gives at first the errors since boot, then what is new', async () => {
    write(
      { SYSLOG_IDENTIFIER: 'nginx' },
      { SYSLOG_IDENTIFIER: 'chatty', PRIORITY: '6' },
      { SYSLOG_IDENTIFIER: 'nginx', PRIORITY: '0' },
      { SYSLOG_IDENTIFIER: Buffer.from('caf\xe9', 'latin1') },
      { SYSLOG_IDENTIFIER: 'kernel', _TRANSPORT: 'kernel' },
      { SYSLOG_IDENTIFIER: 'systemd-coredump', PRIORITY: '2', MESSAGE_ID: 'fc2e22bc6ee647b6b90729ab34a250b1' },
    );
    const first = await read();
    expect(valuesOf(first)).toEqual({ errors: 3, coredumps: 1 });
    expect(factsOf(first)).toEqual(['nginx: 2 lines in the last reading', 'caf\u{FFFD}: 1 line in the last reading']);
    const second = await read();
    expect([valuesOf(second), factsOf(second)]).toEqual([{ errors: 0, coredumps: 0 }, []]);
    write({ SYSLOG_IDENTIFIER: 'sshd' });
    const third = await read();
    expect([valuesOf(third), third.partial]).toEqual([{ errors: 1, coredumps: 0 }, []]);
  });

  it('of an empty journal gives that there are none, and later what came', async () => {
    expect(valuesOf(await read())).toEqual({ errors: 0, coredumps: 0 });
    write({ SYSLOG_IDENTIFIER: 'sshd' });
    expect(valuesOf(await read())).toEqual({ errors: 1, coredumps: 0 });
  });

  const many = (length: number) => Array.from({ length }, () => ({ SYSLOG_IDENTIFIER: 'loop' }));

  it('gives at first the newest page of what was since boot', async () => {
    write(...many(700));
    const first = await read();
    expect([valuesOf(first)['errors'], first.partial?.[0]?.detail]).toEqual([
      500,
      'there are more than these 500 errors',
    ]);
    expect(valuesOf(await read())).toEqual({ errors: 0, coredumps: 0 });
  });

  it('counts a page more than one, and passes over a flood', async () => {
    write({ SYSLOG_IDENTIFIER: 'sshd' });
    await read();
    write(...many(700));
    const some = await read();
    expect([valuesOf(some), some.partial]).toEqual([{ errors: 700, coredumps: 0 }, []]);
    write(...many(2_500));
    const flood = await read();
    expect([valuesOf(flood)['errors'], flood.partial?.[0]?.detail]).toEqual([
      2_000,
      'there are more than these 2000 errors',
    ]);
    expect(valuesOf(await read())).toEqual({ errors: 0, coredumps: 0 });
  });

  it('begins at the end where its place means nothing', async () => {
    write({ SYSLOG_IDENTIFIER: 'sshd' });
    host.memory.write('journal', { cursor: 'nonsense' });
    const lost = await read();
    expect(lost.partial?.[0]?.detail).toContain('Failed to seek to cursor');
    write({ SYSLOG_IDENTIFIER: 'nginx' });
    expect(factsOf(await read())).toEqual(['nginx: 1 line in the last reading']);
  });
});

describe('a machine without', () => {
  it('journalctl has no journal', async () => {
    expect(await journal().probe(host)).toMatchObject({ ok: false, reason: { code: 'tool_missing' } });
  });

  it('journald has old files at most, in which no error means nothing', async () => {
    installProgram(root, 'usr/bin/journalctl', 'exit 0');
    rmSync(join(root, 'run'), { recursive: true });
    expect(await journal().probe(host)).toMatchObject({ ok: false, reason: { code: 'service_broken' } });
  });

  it('nothing of that can be read', async () => {
    installProgram(root, 'usr/bin/journalctl', 'exit 0');
    expect(await journal().probe(host)).toEqual({ ok: true, source: `${root}/usr/bin/journalctl` });
  });
});

describe('journalctl that', () => {
  const hint = 'Hint: You are currently not seeing messages from other users and the system.';
  it.each([
    ['may read its own lines only', `echo '${hint}' >&2`, 'permission', /systemd-journal/],
    [
      'may read nothing',
      'echo "No journal files were opened due to insufficient permissions." >&2; exit 1',
      'permission',
      /root/,
    ],
    ['is old', `echo "journalctl: unrecognized option '--output-fields=X'" >&2; exit 1`, 'tool_too_old', /236/],
    ['says nothing and fails', 'exit 1', 'service_broken', /ended with 1: $/],
    ['is ended', 'kill -9 $$', 'service_broken', /SIGKILL/],
  ])('%s is a reason', async (_name, script, code, words) => {
    installProgram(root, 'usr/bin/journalctl', script);
    const reason = await read().then(() => undefined, reasonOf);
    expect(reason).toMatchObject({ code });
    expect(`${reason?.detail}${reason?.fix ?? ''}`).toMatch(words);
  });

  it.each([
    ['UTF-16', "printf '\\377\\376{\\000}\\000\\n\\000'"],
    ['what is no JSON', "printf 'Keine Eintr\\344ge\\r\\nAucune entr\\351e\\r\\n'"],
    ['half a line', `printf '{"__CURSOR":"s=1'`],
    ['bytes', 'head -c 5000 /dev/urandom; echo'],
  ])('writes %s gives no error that is none, and says so', async (_name, script) => {
    installProgram(root, 'usr/bin/journalctl', script);
    const reading = await read();
    expect(valuesOf(reading)).toEqual({ errors: 0, coredumps: 0 });
    expect(reading.partial?.[0]).toMatchObject({ code: 'parse_error' });
  });

  it('writes 20 MiB is not read to the end: the next reading begins at the newest', async () => {
    const newest = '{"__CURSOR":"s=new","PRIORITY":"3"}';
    installProgram(
      root,
      'usr/bin/journalctl',
      `case "$*" in *_BOOT_ID=*) yes | head -c 20000000;; *) echo '${newest}';; esac`,
    );
    expect((await read()).partial?.[0]?.detail).toMatch(/^errors were passed over: journalctl wrote more than/);
    expect(host.memory.read('journal')).toEqual({ cursor: 's=new' });
  });

  it.each([null, 7, { cursor: 9 }, { cursor: 'x'.repeat(400) }])(
    'with a memory that is none (%j) begins at the boot',
    async (kept) => {
      host = childHostAt(root, { memory: memoryOf({ journal: kept }) });
      installProgram(root, 'usr/bin/journalctl', `echo "$@" >> ${root}/asked`);
      await read();
      expect(execFileSync('tail', ['-n1', join(root, 'asked')], { encoding: 'utf8' })).toMatch(
        / _BOOT_ID=a{12}4a{3}8a{15}\n$/,
      );
    },
  );
});
