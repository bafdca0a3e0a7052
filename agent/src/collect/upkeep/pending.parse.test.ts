// Updates that wait: what apt, dnf and zypper really wrote of them, and what goes wrong with it.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseApt } from './apt.parse.ts';
import { parseAdvisories, parseUpdates } from './dnf.parse.ts';
import { recorded } from './fixture.ts';
import type { Pending } from './pending.ts';
import { parseZypperPatches, parseZypperUpdates } from './zypper.parse.ts';

/** Any UTF-16 code unit, also half a pair. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));
const APT = recorded('apt/debian-12/dist-upgrade.txt');
const UPDATES = recorded('zypper/toys/list-updates.xml');
const PATCHES = recorded('zypper/toys/list-patches.xml');

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
