// Updates that wait: what each package tool is asked, how old its lists are, and what is told when it fails.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HOUR_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChildHost } from '../../host/host.ts';
import { type Reading, reasonOf } from '../collector.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { recorded } from './fixture.ts';
import { patches } from './patches.ts';

const APT = recorded('apt/debian-12/dist-upgrade.txt');
const UPDATES = recorded('zypper/toys/list-updates.xml');
const PATCHES = recorded('zypper/toys/list-patches.xml');
const NOW = Date.parse('2026-11-23T12:00:00Z');

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
