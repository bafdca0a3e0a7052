// Updates that wait: what apt, dnf and zypper really wrote, what goes wrong with it, and since when they wait.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChildHost } from '../../host/host.ts';
import { type Reading, reasonOf } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { parseApt } from './apt.parse.ts';
import { parseAdvisories, parseUpdates } from './dnf.parse.ts';
import { oldestAgeS } from './first-seen.ts';
import { patches } from './patches.ts';
import type { Pending } from './pending.ts';
import { parseZypperPatches, parseZypperUpdates } from './zypper.parse.ts';

/** Any UTF-16 code unit, also half a pair. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));
const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');
const APT = recorded('apt/debian-12/dist-upgrade.txt');
const UPDATES = recorded('zypper/toys/list-updates.xml');
const PATCHES = recorded('zypper/toys/list-patches.xml');
const NOW = Date.parse('2026-11-23T12:00:00Z');

const aptLine = (line: string): Pending | undefined =>
  parseApt(`${line}\n1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`)?.[0];
const isSecurity = (origins: string): boolean | undefined => aptLine(`Inst x [1] (2 ${origins} [amd64])`)?.isSecurity;

describe('apt-get -s dist-upgrade', () => {
  it('of a Debian 12 that was not updated for months', () => {
    const found = parseApt(APT) ?? [];
    expect([found.length, found.filter((one) => one.isSecurity).length]).toEqual([118, 71]);
    expect(found).toContainEqual({ name: 'bash', from: '5.2.15-2+b8', to: '5.2.15-2+b13', isSecurity: false });
    expect(found).toContainEqual({ name: 'libgcrypt20', from: '1.10.1-3', to: '1.10.1-3+deb12u1', isSecurity: true });
  });

  it.each([
    ['Debian:12.15/oldstable', false],
    ['Debian:12-updates/oldstable-updates', false],
    ['Debian-Security:12/oldstable-security', true],
    ['Debian-Security:10/oldoldstable', true],
    ['Debian:12.15/oldstable, Debian-Security:12/oldstable-security', true],
    ['Ubuntu:24.04/noble-updates', false],
    ['Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security', true],
    ['UbuntuESMApps:22.04/jammy-apps-security', true],
    ['Security Onion:1/stable', false],
    ['', false],
  ])('from %j is for security: %j', (origins, expected) => expect(isSecurity(origins)).toBe(expected));

  it.each([
    ['a package that would be new', 'Inst linux-image-6.1.0-40 (6.1.153-1 Debian:12/stable [amd64])'],
    ['what would be removed', 'Remv old [1.0]'],
    ['what would be set up', 'Conf bash (5.2.15-2+b13 Debian:12.15/oldstable [amd64])'],
  ])('%s is no update', (_what, line) => expect(aptLine(line)).toBeUndefined());

  it('that was held by the package keeps its brackets apart', () => {
    const line =
      'Inst libgnutls28-dev [3.7.9-2] (3.7.9-3 Debian-Security:12/stable-security [amd64]) [libc6:amd64 on x]';
    expect(aptLine(line)).toEqual({ name: 'libgnutls28-dev', from: '3.7.9-2', to: '3.7.9-3', isSecurity: true });
  });

  it.each(faultyTexts(APT))('gone wrong ($name) is no answer, or a part of it', ({ text }) => {
    expect(parseApt(text)?.length ?? 0).toBeLessThanOrEqual(10_000);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('cut at %i/10 is no answer: it would be too few', (tenth) => {
    const summary = APT.search(/^\d+ upgraded/m);
    expect(parseApt(APT.slice(0, Math.floor((summary * tenth) / 10)))).toBeUndefined();
  });
});

describe('dnf', () => {
  it('4 lists updates, and what replaces others is none of them', () => {
    expect([...parseUpdates(recorded('dnf/dnf-4/check-update.txt'))]).toEqual([
      ['a-very-long-package-name-that-does-not-fit-into-its-column-at-all.noarch', '1.2-2.el9'],
      ['hello-toys.noarch', '1.2-2.el9'],
      ['kernel-toys.noarch', '1.2-2.el9'],
      ['openssl-toys.noarch', '1.2-2.el9'],
    ]);
    expect([...parseAdvisories(recorded('dnf/dnf-4/updateinfo.txt'))]).toEqual(['openssl-toys.noarch']);
  });

  it('5 does in its own way', () => {
    expect([...parseUpdates(recorded('dnf/dnf-5/check-update.txt')).keys()]).toEqual([
      'alsa-lib.x86_64',
      'kernel.x86_64',
      'openssl-libs.x86_64',
    ]);
    expect([...parseAdvisories(recorded('dnf/dnf-5/updateinfo.txt'))]).toEqual([
      'kernel.x86_64',
      'openssl-libs.x86_64',
    ]);
  });

  it('what replaces others is no update, however its lines stand', () => {
    expect(parseUpdates('Obsoleting Packages\nnew.noarch 1-1 toys\nold.noarch 1-0 @System\n').size).toBe(0);
  });

  it('breaks a line where a name is too long', () => {
    expect([...parseUpdates('a-long-name.x86_64\n          1:2.3-4.el9          baseos\n')]).toEqual([
      ['a-long-name.x86_64', '1:2.3-4.el9'],
    ]);
  });

  it.each([
    'Error: Cache-only enabled but no cache for "baseos"',
    'Last metadata expiration check: 1:02:03 ago on Mon.',
  ])('%j is no update', (line) => expect([parseUpdates(line).size, parseAdvisories(line).size]).toEqual([0, 0]));
});

describe('zypper', () => {
  it('lists packages, and the patches for security apart', () => {
    expect(parseZypperUpdates(UPDATES)).toContainEqual({
      name: 'openssl-toys',
      from: '1.1-1.el9',
      to: '1.2-2.el9',
      isSecurity: false,
    });
    expect(parseZypperUpdates(UPDATES)).toHaveLength(3);
    expect(parseZypperPatches(PATCHES)).toEqual([{ name: 'TOYS-2026:0001', to: '1', isSecurity: true }]);
  });

  it.each(faultyTexts(UPDATES).filter(({ name }) => name.startsWith('cut')))('$name is no answer', ({ text }) =>
    expect(parseZypperUpdates(text)).toBeUndefined(),
  );

  it('a patch that is already there is not pending', () => {
    expect(parseZypperPatches(PATCHES.replaceAll('"needed"', '"applied"'))).toEqual([]);
  });
});

it('no text makes a parser throw', () => {
  const lines = [...APT.split('\n', 20), ...UPDATES.split('>'), 'x.noarch 1 y', 'A Important/Sec. x-1-1.noarch'];
  const line = fc.oneof(fc.constantFrom(...lines), fc.string({ unit: anyUnit }));
  const parsers = [parseApt, parseUpdates, parseAdvisories, parseZypperUpdates, parseZypperPatches];
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (all) => {
      for (const parse of parsers) parse(all.join('\n'));
    }),
  );
});

describe('since when an update for security waits', () => {
  const libssl = (to: string, from = '3.0.1') => ({ name: 'libssl3', from, to, isSecurity: true });
  const plain = { name: 'vim', from: '8', to: '9', isSecurity: false };
  const read = (days: readonly (readonly Pending[])[]): number => {
    const memory = memoryOf();
    return days.map((pending, day) => oldestAgeS(pending, memory, NOW + day * DAY_MS)).at(-1) ?? Number.NaN;
  };

  it.each<[string, readonly (readonly Pending[])[], number]>([
    ['none is pending', [[plain]], 0],
    ['it is first seen', [[libssl('3.0.2')]], 0],
    ['it was seen two days ago', [[libssl('3.0.2')], [libssl('3.0.2')], [libssl('3.0.2')]], 2],
    ['a still newer one came meanwhile: the hole is as old', [[libssl('3.0.2')], [libssl('3.0.3')]], 1],
    ['it was installed, and the next one came', [[libssl('3.0.2')], [libssl('3.0.3', '3.0.2')]], 0],
    ['it was gone for a day', [[libssl('3.0.2')], [], [libssl('3.0.2')]], 0],
    ['the oldest of two counts', [[libssl('3.0.2')], [libssl('3.0.2'), { ...plain, isSecurity: true }]], 1],
  ])('%s', (_what, days, expected) => expect(read(days)).toBe(expected * 86_400));

  it('is never below 0, also when the clock was set back', () => {
    const memory = memoryOf();
    oldestAgeS([libssl('2')], memory, NOW);
    expect(oldestAgeS([libssl('2')], memory, NOW - DAY_MS)).toBe(0);
    expect(oldestAgeS([libssl('2')], memory, NOW)).toBe(86_400);
  });

  it.each([undefined, null, 7, { since: { 'libssl3 3.0.1': 'long' } }, { since: [1] }])(
    'what is remembered (%j) may be nonsense',
    (kept) => expect(oldestAgeS([libssl('2')], memoryOf({ patches: kept }), NOW)).toBe(0),
  );

  it('remembers no more than is bearable', () => {
    const memory = memoryOf();
    const many = Array.from({ length: 5_000 }, (_, index) => ({ ...libssl('2'), name: `p${index}` }));
    oldestAgeS(many, memory, NOW);
    expect(JSON.stringify(memory.read('patches')).length).toBeLessThan(100_000);
  });
});

describe('the collector', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-patches-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const LISTS = 'var/lib/apt/lists';
  const touch = (path: string, ageMs: number): void => {
    if (!existsSync(join(root, path))) mkdirSync(join(root, path), { recursive: true });
    utimesSync(join(root, path), (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
  };
  const prints = (path: string, text: string, code = 0): void => {
    writeTree(root, { [`said/${path}`]: text });
    installProgram(root, path, `cat "${root}/said/${path}"; exit ${code}`);
  };
  const host = (): ChildHost => childHostAt(root, { wallMs: () => NOW });
  const read = (machine = host()): Promise<Reading> =>
    patches().collect(machine, { monoMs: 0, signal: new AbortController().signal });
  const values = ({ samples }: Reading) =>
    Object.fromEntries(samples.map(({ metric, value }) => [metric.replace('fettle.patches.', ''), value]));

  const debian = (): void => {
    writeTree(root, {
      'etc/os-release': 'ID=debian\n',
      [`${LISTS}/deb_dists_bookworm_InRelease`]: 'x',
      [`${LISTS}/lock`]: '',
    });
    touch(`${LISTS}/partial`, 0);
    touch(`${LISTS}/lock`, 0);
    touch(`${LISTS}/deb_dists_bookworm_InRelease`, 9 * HOUR_MS);
    touch(LISTS, 5 * HOUR_MS);
    prints('usr/bin/apt-get', APT);
  };

  it.each<[string, number, readonly [string, number]]>([
    ['a list came', 5, ['partial', 0]],
    ['the mirror says that what it has is from then', 2, ['deb_dists_bookworm_InRelease', 2]],
    ['every list was asked for, and nothing was new', 1, ['../periodic/update-success-stamp', 1]],
    ['nothing but a try that failed', 5, ['lock', 0]],
  ])('apt looked when %s', async (_what, hours, [path, agoHours]) => {
    debian();
    touch(`${LISTS}/${path}`, agoHours * HOUR_MS);
    touch(LISTS, 5 * HOUR_MS);
    expect(values(await read())['scan.age']).toBe(hours * 3_600);
  });

  it('on Debian counts, and says how old all of it is', async () => {
    debian();
    expect(await patches().probe(host())).toMatchObject({ ok: true, source: 'apt-get' });
    const reading = await read();
    expect(values(reading)).toEqual({ pending: 118, security: 71, 'security.age': 0, 'scan.age': 5 * 3_600 });
    expect(reading.sections?.map(({ id, facts }) => [id, facts.length])).toEqual([['patches', 118]]);
    expect(reading.sections?.[0]?.facts[0]).toEqual({ label: 'apt', value: '2.6.1 → 2.6.2, security' });
  });

  it('asks apt for nothing that locks, refreshes or writes', async () => {
    debian();
    installProgram(root, 'usr/bin/apt-get', `echo "$@" > "${root}/asked"; cat "${root}/said/usr/bin/apt-get"`);
    await read();
    expect(readFileSync(join(root, 'asked'), 'utf8').trim()).toBe(
      '-q -s -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Log::Planner= dist-upgrade',
    );
  });

  it('that has never looked for updates does not say that there are none', async () => {
    debian();
    rmSync(join(root, LISTS, 'deb_dists_bookworm_InRelease'));
    const reason = await read().then(undefined, reasonOf);
    expect(reason).toMatchObject({ code: 'service_broken', fix: 'run "apt-get update" regularly' });
  });

  it('does not ask the rpm tools that a Debian happens to have', async () => {
    debian();
    prints('usr/bin/dnf', '');
    prints('usr/bin/zypper', '');
    expect(await patches().probe(host())).toMatchObject({ source: 'apt-get' });
    rmSync(join(root, 'usr/bin/apt-get'));
    expect(await patches().probe(host())).toMatchObject({ ok: false, reason: { code: 'tool_missing' } });
  });

  const fedora = (files: Readonly<Record<string, string>>): void => {
    writeTree(root, { 'etc/os-release': 'ID=rocky\nID_LIKE="rhel centos fedora"\n', ...files });
    const [updates, info] = [recorded('dnf/dnf-4/check-update.txt'), recorded('dnf/dnf-4/updateinfo.txt')];
    writeTree(root, { updates, info });
    installProgram(
      root,
      'usr/bin/dnf',
      `case "$*" in *check-update*) cat "${root}/updates"; exit 100;; *--cacheonly*updateinfo*) cat "${root}/info";; esac`,
    );
  };

  it('on Rocky counts what advisories name', async () => {
    fedora({
      'var/cache/dnf/baseos-1/repodata/repomd.xml': '',
      'var/cache/dnf/baseos-1/repodata/1-updateinfo.xml.gz': '',
    });
    for (const file of ['repomd.xml', '1-updateinfo.xml.gz', ''])
      utimesSync(join(root, 'var/cache/dnf/baseos-1/repodata', file), NOW / 1000 - 60, NOW / 1000 - 60);
    const reading = await read();
    expect(values(reading)).toEqual({ pending: 4, security: 1, 'security.age': 0, 'scan.age': 60 });
    expect(reading.sections?.[0]?.facts[0]).toEqual({ label: 'openssl-toys.noarch', value: '1.2-2.el9, security' });
  });

  it('of repositories without advisories knows the updates, and says that it cannot tell which mend holes', async () => {
    fedora({ 'var/cache/libdnf5/toys-1/repodata/repomd.xml': '' });
    const reading = await read();
    expect(Object.keys(values(reading))).toEqual(['pending', 'scan.age']);
    expect(reading.partial).toMatchObject([{ code: 'tool_missing' }]);
  });

  it('on openSUSE counts packages, and patches for security', async () => {
    writeTree(root, {
      'etc/os-release': 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
      'var/cache/zypp/raw/repo-oss/repodata/repomd.xml': '',
      updates: UPDATES,
      patches: PATCHES,
    });
    const answer = `case "$*" in *list-updates*) cat "${root}/updates";; *list-patches*) cat "${root}/patches";; esac`;
    installProgram(root, 'usr/bin/zypper', `[ "$ZYPP_READONLY_HACK" = 1 ] || exit 7\n${answer}`);
    expect(values(await read())).toMatchObject({ pending: 3, security: 1, 'security.age': 0 });
  });

  it.each([
    ['ends with 1 and says nothing', 'exit 1', 'service_broken'],
    ['ends with 100: broken packages', 'echo "E: Unmet dependencies" >&2; exit 100', 'service_broken'],
    ['says nothing', 'exit 0', 'parse_error'],
    ['says it in German', 'echo "118 aktualisiert, 0 neu installiert"', 'parse_error'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error'],
    ['writes noise', 'head -c 65536 /dev/urandom', 'parse_error'],
    ['is killed', 'kill -9 $$', 'service_broken'],
    ['hangs', 'exec sleep 30', 'timeout'],
  ])('where apt-get %s there is no number', async (_what, script, code) => {
    debian();
    installProgram(root, 'usr/bin/apt-get', script);
    const real = host();
    const impatient: ChildHost = {
      ...real,
      run: (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 }),
    };
    expect(await read(impatient).then(undefined, reasonOf)).toMatchObject({ code });
  });
});
