// What is installed: recorded lists of dpkg and rpm, cut into pages that fit, and pages that are no longer needed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { recordBody } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import type { ChildHost, Memory } from '../../host/host.ts';
import { type Reading, type Section, reasonOf } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { recorded } from './fixture.ts';
import { parseDpkg, parseRpm } from './packages.parse.ts';
import { merged, softwarePages } from './software-pages.ts';
import { software } from './software.ts';

/** Any UTF-16 code unit, also half a pair. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));
const DPKG = recorded('dpkg/debian-12/list.txt');
const RPM = recorded('rpm/toys/qa.txt');

describe('the list', () => {
  it('of dpkg has what is installed, not what was removed', () => {
    const found = parseDpkg(DPKG);
    expect(found).toHaveLength(61);
    expect(found).toContainEqual({ name: 'adduser', version: '3.134' });
    expect(found.at(-1)).toEqual({ name: 'held-back', version: '2:3.4-5' });
  });

  it('of rpm has no keys', () => {
    const found = parseRpm(`${RPM}gpg-pubkey\t8d81803c0ebfcd88-58adb5d0\n`);
    expect(found).toHaveLength(5);
    expect(found[0]).toEqual({ name: 'openssl-toys', version: '1.1-1.el9' });
  });

  it.each(faultyTexts(DPKG))('gone wrong ($name) has clean names or none', ({ text }) => {
    const odd = parseDpkg(text).filter(({ name, version }) => !/^[\w+.:-]+ \S+$/.test(`${name} ${version}`));
    expect(odd).toEqual([]);
  });

  it('several versions of one name are one line, in the order of names', () => {
    const packages = [...parseRpm('kernel\t6.1\nkernel\t6.2\nbash\t5\nkernel\t6.2\n')];
    expect(merged(packages)).toEqual([
      { name: 'bash', version: '5' },
      { name: 'kernel', version: '6.1, 6.2' },
    ]);
  });
});

describe('pages', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `p${String(index).padStart(5, '0')}`, version: '1' }));

  it.each([
    [1, 1],
    [200, 1],
    [201, 2],
    [5_000, 25],
  ])('%i packages are on %i', (count, pages) => {
    const sections = softwarePages(many(count), 0);
    expect(sections.map(({ id }) => id)).toEqual(Array.from({ length: pages }, (_, index) => `software.${index + 1}`));
    expect(sections.flatMap(({ facts }) => facts)).toHaveLength(count);
  });

  it('say from where to where they go', () => {
    expect(
      softwarePages(
        [
          { name: 'apt', version: '2' },
          { name: 'zip', version: '3' },
        ],
        0,
      )[0]?.title,
    ).toBe('Software (apt – zip)');
  });

  it('that were used and are no longer come once more, empty', () => {
    expect(softwarePages(many(201), 4).map(({ id, facts }) => [id, facts.length])).toEqual([
      ['software.1', 200],
      ['software.2', 1],
      ['software.3', 0],
      ['software.4', 0],
    ]);
  });

  it('fit into a record each, whatever the packages are called', () => {
    const text = fc.oneof(
      fc.string({ unit: anyUnit, maxLength: 20 }),
      fc.constantFrom('x'.repeat(700), '"'.repeat(600), '€'),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ name: text, version: text }), { maxLength: 20 }), (some) => {
        const packages = Array.from({ length: 15 }, () => some).flat();
        for (const section of softwarePages(packages, 3)) {
          const body = { kind: 'inventory', at: 0, sections: [section] };
          expect(recordBody.safeParse(body).error).toBeUndefined();
          expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(60 * 1024);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the collector', () => {
  let root: string;
  let memory: Memory;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-software-'));
    memory = memoryOf();
    writeTree(root, { 'etc/os-release': 'ID=debian\n' });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const installs = (text: string): void => {
    writeTree(root, { list: text });
    installProgram(root, 'usr/bin/dpkg-query', `cat "${root}/list"`);
  };
  const read = (change: Partial<ChildHost> = {}): Promise<Reading> =>
    software().collect(
      { ...childHostAt(root, { memory }), ...change },
      {
        monoMs: 0,
        signal: new AbortController().signal,
      },
    );
  const sizes = ({ sections = [] }: Reading) => sections.map(({ facts }: Section) => facts.length);
  const list = (count: number) => Array.from({ length: count }, (_, index) => `ii \tp${index}\t1\n`).join('');

  it('lists what dpkg has, and empties the pages that it no longer needs', async () => {
    installs(list(450));
    expect(sizes(await read())).toEqual([200, 200, 50]);
    installs(list(10));
    expect(sizes(await read())).toEqual([10, 0, 0]);
    expect(sizes(await read())).toEqual([10, 0, 0]);
  });

  it('takes 5,000 and says how many are left out', async () => {
    installs(list(5_002));
    const reading = await read();
    expect(sizes(reading).reduce((sum, size) => sum + size)).toBe(5_000);
    expect(reading.partial).toMatchObject([{ detail: '2 packages are not listed: 5000 are taken' }]);
  });

  it('takes fewer where names are long, and gives no more pages than the agent takes', async () => {
    const name = (index: number) => `p${index}${'x'.repeat(90)}`;
    installs(
      Array.from({ length: 5_000 }, (_, index) => `ii \t${name(index)}\t1${'0'.repeat(600)}\n`)
        .join('')
        .slice(0, 900_000),
    );
    const reading = await read();
    expect([reading.sections?.length, sizes(reading)[0]]).toEqual([27, 49]); // of 30 KiB
    const many = Array.from({ length: 5_000 }, (_, index) => ({ name: name(index), version: 'x'.repeat(600) }));
    expect(softwarePages(many, 50)).toHaveLength(50);
  });

  it('asks rpm on Fedora', async () => {
    writeTree(root, { 'etc/os-release': 'ID=fedora\n', list: RPM });
    installProgram(root, 'usr/bin/rpm', `[ "$1" = -qa ] && cat "${root}/list"`);
    expect(await software().probe(childHostAt(root))).toMatchObject({ ok: true, source: 'rpm' });
    expect(sizes(await read())).toEqual([5]);
  });

  it.each([
    ['is not there', undefined, 'tool_missing'],
    ['ends with 2', 'echo "dpkg-query: no packages found" >&2; exit 2', 'service_broken'],
    ['says nothing', 'exit 0', 'parse_error'],
    ['says something else', 'echo bonjour', 'parse_error'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error'],
    ['hangs', 'exec sleep 30', 'timeout'],
  ])('where dpkg-query %s there is no list, and the last one stays', async (_what, script, code) => {
    if (script !== undefined) installProgram(root, 'usr/bin/dpkg-query', script);
    const real = childHostAt(root, { memory });
    const run: ChildHost['run'] = (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 });
    expect(await read({ run }).then(undefined, reasonOf)).toMatchObject({ code });
  });

  const { skip, why } = missing(needs.dpkg);
  it.skipIf(skip)(`lists this very machine as dpkg-query does${why}`, async () => {
    const machine = childHostAt('', { memory });
    const { sections = [] } = await software().collect(machine, { monoMs: 0, signal: new AbortController().signal });
    const facts = sections.flatMap((section) => section.facts);
    const { stdout } = await machine.run('dpkg-query', ['-W', '-f', '${Version}', 'dpkg']);
    expect(facts).toContainEqual({ label: 'dpkg', value: stdout });
  });
});
