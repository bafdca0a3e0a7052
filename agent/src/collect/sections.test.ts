// Facts are told when they change, and in records that fit.

import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';
import { recordBody } from '@fettle/shared/wire/record.schema';
import { expect, it } from 'vitest';

import type { Section } from './collector.ts';
import { Sections } from './sections.ts';

const section = (id: string, value: string, count = 1): Section => ({
  id,
  title: id,
  facts: Array.from({ length: count }, (_, index) => ({ label: `${index}`, value })),
});
const idsOf = (records: ReturnType<Sections['changed']>) => records.map((record) => record.map(({ id }) => id));

it('what has not changed is not told again', () => {
  const sections = new Sections();
  expect(idsOf(sections.changed([section('a', '1'), section('b', '1')]))).toEqual([['a', 'b']]);
  expect(sections.changed([section('a', '1'), section('b', '1')])).toEqual([]);
  expect(idsOf(sections.changed([section('a', '1'), section('b', '2')]))).toEqual([['b']]);
  expect(idsOf(sections.changed([section('b', '1')]))).toEqual([['b']]);
});

it('much becomes several records, each of which a server takes', () => {
  const pages = Array.from({ length: 100 }, (_, index) => section(`software.${index}`, 'x'.repeat(60), 150));
  const small = Array.from({ length: 100 }, (_, index) => section(`small.${index}`, 'y'));
  const records = new Sections().changed([...pages, ...small]);
  expect(records.flat()).toEqual([...pages, ...small]);
  for (const sections of records) {
    const body = { kind: 'inventory', at: 0, sections };
    expect(recordBody.safeParse(body).success).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(FRAME_MAX_BYTES - 1_000);
  }
});

it('one that is larger than a record stands alone', () => {
  const [before, large, after] = [section('a', '1'), section('large', 'x'.repeat(450), 100), section('b', '1')];
  expect(idsOf(new Sections().changed([before, large, after]))).toEqual([['a'], ['large'], ['b']]);
});
