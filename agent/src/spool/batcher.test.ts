import { seriesKey } from '@fettle/shared/metric/sample';
import { decodeBlock } from '@fettle/shared/wire/decode';
import {
  CELLS_MAX,
  FRAME_MAX_BYTES,
  SERIES_MAX,
  SET_SERIES_MAX,
  STEPS_MAX,
  VALUE_MAX,
} from '@fettle/shared/wire/limits';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type BatchReading, Batcher, looseOf, openBatchPayload } from './batcher.ts';
import { SeriesSets } from './series-sets.ts';

const STEP_MS = 10_000;
const T0 = 1_763_856_000_000;
const at = (row: number) => T0 + row * STEP_MS;
const reading = (name: string, integer: number): BatchReading => {
  const attributes = { 'cpu.mode': name };
  return {
    key: seriesKey('system.cpu.utilization', attributes),
    metric: 'system.cpu.utilization',
    attributes,
    integer,
  };
};
const row = (values: Readonly<Record<string, number>>) =>
  Object.entries(values).map(([name, integer]) => reading(name, integer));
const many = (count: number, integer = 1) => Array.from({ length: count }, (_, index) => reading(`s${index}`, integer));

const setUp = (rows = 3) => {
  const sets = new SeriesSets();
  const batcher = new Batcher(sets, { fast: STEP_MS, batch: rows * STEP_MS });
  const open = (payload: Uint8Array) => {
    const { setKey, block } = openBatchPayload(payload);
    const series = sets.seriesOf(setKey) ?? [];
    const { t0, stepMs, count, values } = decodeBlock(block, series.length);
    const columns = series.map(
      ({ attributes }, index) => [attributes['cpu.mode'] ?? '', [...(values[index] ?? [])]] as const,
    );
    return { setKey, t0, stepMs, count, columns: Object.fromEntries<readonly number[]>(columns) };
  };
  return { sets, batcher, open };
};
const { NaN: NONE } = Number;

describe('Batcher', () => {
  it('gives a batch when its rows are full: a column per series, a row per beat', () => {
    const { batcher, open } = setUp();
    expect(batcher.add(at(0), row({ user: 1, idle: 9 }))).toEqual([]);
    expect(batcher.add(at(1), row({ user: 2, idle: 8 }))).toEqual([]);
    const batches = batcher.add(at(2), row({ idle: 7, user: 3 })).map(open);
    expect(batches).toMatchObject([
      { t0: T0, stepMs: STEP_MS, count: 3, columns: { user: [1, 2, 3], idle: [9, 8, 7] } },
    ]);
    expect(batcher.flush()).toEqual([]);
  });

  it('has a missing reading where a series gave none, and where a beat was left out', () => {
    const { batcher, open } = setUp(4);
    batcher.add(at(0), row({ user: 1 }));
    batcher.add(at(1), row({ idle: 8 }));
    const batches = batcher.add(at(3), row({ user: 4 })).map(open);
    expect(batches).toMatchObject([{ count: 4, columns: { user: [1, NONE, NONE, 4], idle: [NONE, 8, NONE, NONE] } }]);
  });

  it.each<[what: string, ms: number]>([
    ['beyond the batch', at(3)],
    ['days later', at(100_000)],
    ['between two steps', at(2) + 1],
    ['of the same beat again', at(1)],
    ['before: someone set the clock back', at(-50)],
  ])('a row %s ends the batch and begins the next', (_what, ms) => {
    const { batcher, open } = setUp();
    batcher.add(at(0), row({ user: 1 }));
    batcher.add(at(1), row({ user: 2 }));
    expect(batcher.add(ms, row({ user: 3 })).map(open)).toMatchObject([{ t0: T0, columns: { user: [1, 2] } }]);
    expect(batcher.flush().map(open)).toMatchObject([{ t0: ms, columns: { user: [3] } }]);
  });

  it('a batch of one row is complete at once', () => {
    const { batcher, open } = setUp(1);
    expect(batcher.add(at(0), row({ user: 1 })).map(open)).toMatchObject([{ count: 1, columns: { user: [1] } }]);
    expect(batcher.add(at(1), row({ user: 2 })).map(open)).toMatchObject([{ t0: at(1), columns: { user: [2] } }]);
  });

  it('nothing read is no batch', () => {
    const { batcher } = setUp();
    expect(batcher.flush()).toEqual([]);
    batcher.add(at(0), []);
    expect(batcher.flush()).toEqual([]);
  });

  it('the same series have the same set in every batch, whatever their order', () => {
    const { batcher, open } = setUp(1);
    const keys = [row({ a: 1, b: 2 }), row({ b: 1, a: 2 }), row({ a: 1 }), row({ a: 5, b: 5 })]
      .flatMap((readings, index) => batcher.add(at(index), readings))
      .map((payload) => open(payload).setKey);
    expect(keys).toEqual([0, 0, 1, 0]);
  });

  it('takes no more rows than a frame may have, whatever rhythm is asked for', () => {
    const { batcher, open } = setUp(10 * STEPS_MAX);
    const counts: number[] = [];
    for (let index = 0; index < STEPS_MAX + 1; index += 1) {
      for (const payload of batcher.add(at(index), row({ user: 1 }))) counts.push(open(payload).count);
    }
    expect(counts).toEqual([STEPS_MAX]);
  });

  it.each<[rows: number, series: number]>([
    [1, SET_SERIES_MAX + 1],
    [60, 3_000],
    [STEPS_MAX, CELLS_MAX / STEPS_MAX + 100],
  ])('%i rows of %i series are split into frames that a server takes', (rows, count) => {
    const { batcher, open } = setUp(rows);
    const payloads = [];
    for (let index = 0; index < rows; index += 1)
      payloads.push(...batcher.add(at(index), many(Math.ceil(count), index)));
    const batches = payloads.map(open);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(({ columns }) => Object.keys(columns))).toHaveLength(Math.ceil(count));
    for (const batch of batches) expect(Object.keys(batch.columns).length * batch.count).toBeLessThanOrEqual(CELLS_MAX);
  });

  it('values that jump over the whole range are split by their bytes, and none is lost', () => {
    const { batcher, open } = setUp(12);
    const payloads = [];
    for (let index = 0; index < 12; index += 1) {
      payloads.push(...batcher.add(at(index), many(SET_SERIES_MAX, index % 2 === 0 ? VALUE_MAX : -VALUE_MAX)));
    }
    expect(payloads.length).toBeGreaterThan(1);
    for (const payload of payloads) expect(payload.length).toBeLessThan(FRAME_MAX_BYTES - 100);
    const columns = payloads.flatMap((payload) => Object.entries(open(payload).columns));
    expect(columns).toHaveLength(SET_SERIES_MAX);
    expect(columns.every(([, values]) => values.length === 12 && values[1] === -VALUE_MAX)).toBe(true);
  });

  it('counts the readings of series over the limit, in a row and over the rows of a batch', () => {
    const { batcher, open } = setUp(2);
    batcher.add(at(0), many(SERIES_MAX + 3));
    expect(batcher.dropped).toBe(3);
    const fresh = [...many(SERIES_MAX - 1), reading('new', 1), reading('newer', 1)];
    const batches = batcher.add(at(1), fresh).map(open);
    expect(batches.flatMap(({ columns }) => Object.keys(columns))).toHaveLength(SERIES_MAX);
    expect(batcher.dropped).toBe(3 + 1 + 1); // one series too many in the row, one in the batch
  });

  it('whatever comes when, each reading is in one batch at its time', () => {
    const beats = fc.array(
      fc.record({ skip: fc.integer({ min: 1, max: 5 }), names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(beats, fc.integer({ min: 1, max: 6 }), (run, rows) => {
        const { batcher, open } = setUp(rows);
        const put = new Map<string, number>();
        const payloads: Uint8Array[] = [];
        let beat = 0;
        for (const { skip, names } of run) {
          beat += skip;
          for (const name of names) put.set(`${name} ${at(beat)}`, beat);
          payloads.push(
            ...batcher.add(
              at(beat),
              names.map((name) => reading(name, beat)),
            ),
          );
        }
        payloads.push(...batcher.flush());
        const seen = payloads
          .map(open)
          .flatMap(({ t0, columns }) =>
            Object.entries(columns).flatMap(([name, values]) =>
              values.map((value, index) => [`${name} ${t0 + index * STEP_MS}`, value] as const),
            ),
          );
        const read = seen.filter(([, value]) => !Number.isNaN(value));
        expect(read).toHaveLength(put.size);
        expect(new Map(read)).toEqual(put);
      }),
    );
  });
});

describe('looseOf', () => {
  it('is one row of readings with the names of its columns', () => {
    const sets = new SeriesSets();
    const [loose, ...others] = looseOf(sets, { atMs: T0, stepMs: STEP_MS }, row({ user: 4, idle: 6 }));
    if (!loose) throw new Error('there is none');
    expect(others).toEqual([]);
    const block = decodeBlock(loose.block, 2);
    const names = loose.series.map(({ attributes }) => attributes['cpu.mode']);
    expect(block).toMatchObject({ t0: T0, stepMs: STEP_MS, count: 1 });
    expect(Object.fromEntries(names.map((name, index) => [name, block.values[index]?.[0]]))).toEqual({
      user: 4,
      idle: 6,
    });
    expect(sets.seriesOf(loose.setKey)).toEqual(loose.series);
  });

  it('shares its set with a batch of the same series', () => {
    const { sets, batcher, open } = setUp(1);
    const [setKey] = batcher.add(at(0), row({ b: 1, a: 2 })).map((payload) => open(payload).setKey);
    expect(looseOf(sets, { atMs: T0, stepMs: STEP_MS }, row({ a: 1, b: 2 }))).toMatchObject([{ setKey }]);
  });

  it.each([
    ['nothing is nothing', 0, []],
    ['more series than a set can hold are several, which batches share', SERIES_MAX - 1, [2_048, 2_048, 2_048, 2_047]],
    ['more than a device may have are cut', SERIES_MAX + 5, [2_048, 2_048, 2_048, 2_048]],
  ])('of %s', (_name, count, sizes) => {
    const { sets, batcher, open } = setUp(1);
    const parts = looseOf(sets, { atMs: T0, stepMs: STEP_MS }, many(count));
    expect(parts.map(({ series }) => series.length)).toEqual(sizes);
    expect(parts.map(({ block }, part) => decodeBlock(block, sizes[part] ?? 0).count)).toEqual(sizes.map(() => 1));
    const batches = batcher.add(at(0), many(count)).map((payload) => open(payload).setKey);
    expect(parts.map(({ setKey }) => setKey)).toEqual(batches);
  });
});
