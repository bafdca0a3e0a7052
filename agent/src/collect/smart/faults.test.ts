// Whatever smartctl or something in its place writes: the parsers answer, and with nothing that the catalogue would not take.
import { readFileSync } from 'node:fs';

import { quantise } from '@fettle/shared/metric/sample';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { isRecord, parseJson } from '../json.parse.ts';
import { parseAnswer } from './answer.parse.ts';
import { factOf } from './facts.ts';
import { parseScan } from './scan.parse.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/smartctl/qemu/${name}`, import.meta.url), 'utf8');
const DISKS = ['nvme0.rc0.json', 'sda.rc4.json', 'scsi-debug.rc4.json'].map(recorded);
const SCAN = recorded('scan.rc0.json');

const HEADROOM = 'fettle.disk.temperature.headroom';
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const FACT_MAX_BYTES = 500;

/** What is wrong with what the parser made of it. */
const faultsIn = (stdout: string, code: number): readonly string[] => {
  const answer = parseAnswer('/dev/sda', { code, stdout });
  if (answer.kind === 'asleep') return [];
  if (answer.kind !== 'disk') return CONTROL.test(answer.reason.detail) ? ['a reason with control characters'] : [];
  const { id, values, temperature } = answer.disk;
  const fact = factOf(answer.disk);
  return [
    ...Object.entries(values).flatMap(([metric, value]) => (quantise(metric, value) === undefined ? [metric] : [])),
    ...(temperature && quantise(HEADROOM, temperature.limit - temperature.celsius) === undefined ? [HEADROOM] : []),
    ...(CONTROL.test(fact + id) || id === '' ? ['the text'] : []),
    ...(Buffer.byteLength(fact) > FACT_MAX_BYTES ? ['the length'] : []),
  ];
};

const CASES = DISKS.flatMap((text) => faultyTexts(text));

describe('the answer of a disk', () => {
  it.each(CASES)('with $name', ({ text }) => {
    for (const code of [0, 3, 4]) expect(faultsIn(text, code)).toEqual([]);
  });

  it('with anything in any place of it', () => {
    const anywhere = fc.record({ text: fc.constantFrom(...DISKS), at: fc.nat(), value: fc.jsonValue() });
    fc.assert(
      fc.property(anywhere, fc.constantFrom(0, 3, 4, 255), ({ text, at, value }, code) => {
        expect(faultsIn(JSON.stringify(withLeaf(parseJson(text), at, value)), code)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('with numbers beyond all in any place of it', () => {
    const number = fc.constantFrom(-1, -0, 0, 0.5, 127, 255, 2 ** 31, 2 ** 48 + 1, 2 ** 53, 1e300, -1e300);
    fc.assert(
      fc.property(fc.constantFrom(...DISKS), fc.nat(), number, (text, at, value) => {
        expect(faultsIn(JSON.stringify(withLeaf(parseJson(text), at, value)), 0)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('that is any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(255), (text, code) => {
        expect(faultsIn(text, code)).toEqual([]);
      }),
    );
  });
});

describe('a scan', () => {
  it.each(faultyTexts(SCAN))('with $name', ({ text }) => {
    const found = parseScan(text);
    if ('code' in found) expect(found.detail).not.toMatch(CONTROL);
    else for (const { device } of found) expect(device).toMatch(/^[^-]/);
  });

  it('of a controller with a thousand disks gives a hundred', () => {
    const devices = Array.from({ length: 1_000 }, (_, index) => ({ name: '/dev/bus/0', type: `megaraid,${index}` }));
    expect(parseScan(JSON.stringify({ smartctl: {}, devices }))).toHaveLength(100);
  });

  it('that was recorded', () => {
    expect(parseScan(SCAN)).toEqual([
      { device: '/dev/sda', type: 'sat' },
      { device: '/dev/sdb', type: 'scsi' },
      { device: '/dev/nvme0', type: 'nvme' },
      { device: '/dev/nvme1', type: 'nvme' },
    ]);
  });
});

/** The same with one of its leaves, counted through, replaced. */
const withLeaf = (document: unknown, at: number, value: unknown): unknown => {
  let left = at % Math.max(1, leavesOf(document));
  const replace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replace);
    if (isRecord(node)) return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, replace(child)]));
    left -= 1;
    return left === -1 ? value : node;
  };
  return replace(document);
};

const leavesOf = (node: unknown): number => {
  if (typeof node !== 'object' || node === null) return 1;
  return Object.values(node).reduce<number>((sum, child) => sum + leavesOf(child), 0);
};
