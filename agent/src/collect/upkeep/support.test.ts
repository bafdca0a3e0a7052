// Which system this is, and until when it gets updates.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DAY_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UnavailableError } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, writeTree } from '../fixture.ts';
import { isoInstant } from '../instant.parse.ts';
import { familyOf, parseOsRelease } from './os-release.parse.ts';
import { supportOf } from './os-support.ts';
import { support } from './support.ts';

/** Any UTF-16 code unit, also half a pair. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/os-release/${name}`, import.meta.url), 'utf8');

describe('os-release', () => {
  it.each([
    ['ID=debian', 'debian'],
    ['ID="debian"', 'debian'],
    ["ID='debian'", 'debian'],
    ['  ID=debian  ', 'debian'],
    ['ID=debian\r', 'debian'],
    ['\u{FEFF}ID=debian', 'debian'],
    ['ID="a \\"b\\" \\$c \\`d\\` \\\\e \\n"', 'a "b" $c `d` \\e \\n'],
    ["ID='a\\b'", 'a\\b'],
    ['ID=a\\-b', 'a-b'],
    ['ID=', ''],
    ['ID=one\nID=two', 'two'],
    ['#ID=debian', undefined],
    ['ID=two words', undefined],
    ['ID="open', undefined],
    ['ID="closed" and more', undefined],
    ['ID debian', undefined],
    ['1D=debian', undefined],
  ])('%j has the ID %j', (text, expected) => expect(parseOsRelease(text).get('ID')).toBe(expected));

  it.each(faultyTexts(recorded('rhel-9')))('gone wrong ($name) is read as far as it goes', ({ text }) => {
    expect(parseOsRelease(text).size).toBeLessThanOrEqual(200);
  });

  it('any text at all', () => {
    fc.assert(fc.property(fc.string({ unit: anyUnit }), (text) => parseOsRelease(`ID=${text}`).size <= 1));
  });

  it.each([
    ['ID=debian', 'debian'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'debian'],
    ['ID=rocky\nID_LIKE="rhel centos fedora"', 'redhat'],
    ['ID=sles\nID_LIKE=suse', 'suse'],
    ['ID=arch', undefined],
    ['', undefined],
  ])('%j is of the family %j', (text, family) => expect(familyOf(parseOsRelease(text))).toBe(family));
});

describe('the end of support', () => {
  it.each<[string, string | undefined]>([
    [recorded('debian-12'), '2028-06-30'],
    [recorded('rhel-9'), '2032-05-31'],
    [recorded('leap-15.6'), '2026-04-30'],
    [recorded('fedora-43'), '2026-12-02'],
    ['ID=ubuntu\nVERSION_ID="22.04"', '2027-06-01'],
    ['ID=alpine\nVERSION_ID=3.22.1', '2027-05-01'],
    ['ID=sles\nVERSION_ID="15.7"', '2031-07-31'],
    ['ID=sles\nVERSION_ID="15"', '2019-12-31'],
    ['ID=sles\nVERSION_ID="15.99"', undefined],
    ['ID=debian', undefined], // testing and unstable have no version
    ['ID=debian\nVERSION_ID="99"', undefined],
    ['ID=linuxmint\nID_LIKE=ubuntu\nVERSION_ID="22"', undefined],
    ['ID=constructor\nVERSION_ID=name', undefined],
    ['ID=debian\nVERSION_ID=constructor', undefined],
    ['ID=amzn\nVERSION_ID=2023\nSUPPORT_END=2029-06-30', '2029-06-30'],
    ['ID=debian\nVERSION_ID=12\nSUPPORT_END=soon', '2028-06-30'],
  ])('of %j is %j', (text, until) => expect(supportOf(parseOsRelease(text))?.until).toBe(until));

  const ids = 'debian ubuntu rhel centos rocky almalinux fedora opensuse-leap sles amzn alpine'.split(' ');
  const versions = [
    ...Array.from({ length: 50 }, (_, major) => String(major)),
    ...Array.from({ length: 30 * 13 }, (_, index) => `${Math.floor(index / 13)}.${index % 13}`),
    ...Array.from({ length: 30 }, (_, index) => `3.${index}`),
    ...Array.from({ length: 30 * 2 }, (_, index) => `${Math.floor(index / 2)}.${index % 2 === 0 ? '04' : '10'}`),
  ];
  const known = ids.flatMap((id) =>
    versions.flatMap((version) => {
      const found = supportOf(parseOsRelease(`ID=${id}\nVERSION_ID=${version}`));
      return found ? [{ id, version, ...found }] : [];
    }),
  );

  it('is a real day everywhere, after the end of full support', () => {
    expect(known.length).toBeGreaterThan(60);
    for (const { until, fullUntil } of known) {
      expect(isoInstant(`${until}T00:00`)).toBeGreaterThan(
        isoInstant(`${fullUntil ?? '2010-01-01'}T00:00`) ?? Number.NaN,
      );
    }
  });
});

describe('the collector', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-support-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const at = (day: string) => childHostAt(root, { wallMs: () => isoInstant(`${day}T00:00`) ?? Number.NaN });
  const read = (day: string) => support().collect(at(day), { monoMs: 0, signal: new AbortController().signal });

  it.each([
    ['2028-06-29', 2],
    ['2028-06-30', 1],
    ['2028-07-01', 0],
    ['2028-07-11', -10],
  ])('on %s a Debian 12 has %i days left', async (day, days) => {
    writeTree(root, { 'etc/os-release': recorded('debian-12') });
    const { samples, sections } = await read(day);
    expect(samples[0]?.value).toBe((days * DAY_MS) / 1000);
    expect(sections?.[0]?.facts).toEqual([
      { label: 'System', value: 'Debian GNU/Linux 12 (bookworm)' },
      { label: 'Full support until', value: '2026-07-11' },
      { label: 'Security updates until', value: '2028-06-30' },
    ]);
  });

  it('reads the file of the maker where /etc has none', async () => {
    writeTree(root, { 'usr/lib/os-release': recorded('debian-12') });
    expect((await read('2028-06-30')).samples).toHaveLength(1);
  });

  it.each([
    ['ID=arch\nPRETTY_NAME="Arch Linux"', 'no date is known for Arch Linux'],
    ['NAME=Something\nVERSION_ID=3', 'no date is known for Something 3'],
    ['ID=x', 'no date is known for a system without a name'],
  ])('of a system that it does not know (%j) says so, and no number', async (text, detail) => {
    writeTree(root, { 'etc/os-release': text });
    const error = await read('2026-01-01').then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ reason: { code: 'not_on_this_os', detail } });
  });

  it('without any os-release is not available', async () => {
    expect(await support().probe(at('2026-01-01'))).toMatchObject({ ok: false, reason: { code: 'not_on_this_os' } });
  });
});
