import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS } from '../time.ts';
import { WireError } from '../wire/bytes.ts';
import { encodeBlock } from '../wire/encode.ts';
import { FRAME_MAX_BYTES, THINNED_STEP_MS, VALUE_MAX } from '../wire/limits.ts';
import { decodeThinnedBlock } from '../wire/thinned.ts';
import { thin } from './thin.ts';

const MISSING = Number.NaN;
const NOON = Date.UTC(2026, 10, 23, 12);

type Batch = { readonly t0: number; readonly stepMs: number; readonly values: readonly (readonly number[])[] };

const blockOf = ({ t0, stepMs, values }: Batch): Uint8Array =>
  encodeBlock({ t0, stepMs, count: values[0]?.length ?? 0 }, values);

/** What the thinned blocks say, one entry per block, series and step that has readings. */
const said = (thinned: readonly Uint8Array[], seriesCount: number) =>
  thinned.flatMap((block) => {
    const { t0, columns } = decodeThinnedBlock(block, seriesCount);
    return columns.flatMap(({ readings, mean, min, max }, series) =>
      [...readings].flatMap((count, step) =>
        count === 0
          ? []
          : {
              series,
              atMs: t0 + step * THINNED_STEP_MS,
              readings: count,
              mean: mean[step],
              min: min[step],
              max: max[step],
            },
      ),
    );
  });

const minuteOf = (t0: number, ...columns: readonly (readonly number[])[]): Batch => ({
  t0,
  stepMs: 10_000,
  values: columns,
});
const hourOf = (column: (minute: number) => readonly number[]): Batch[] =>
  Array.from({ length: 60 }, (_, minute) => minuteOf(NOON + minute * MINUTE_MS, column(minute)));

describe('thinning', () => {
  it('leaves the number, mean, least and greatest of each ten minutes of the wall clock', () => {
    const batches = Array.from({ length: 12 }, (_, minute) =>
      minuteOf(NOON + (minute - 3) * MINUTE_MS, [minute, 2, 2, 2, 2, 2], [7, 7, 7, 7, 7, 7]),
    );
    const thinned = thin(batches.map(blockOf), 2);
    expect(thinned).toHaveLength(1);
    const before = { atMs: NOON - THINNED_STEP_MS, readings: 18 };
    const after = { atMs: NOON, readings: 54 };
    expect(said(thinned ?? [], 2)).toEqual([
      { series: 0, ...before, mean: 2, min: 0, max: 2 }, // 33 ÷ 18
      { series: 0, ...after, mean: 3, min: 2, max: 11 }, // 153 ÷ 54
      { series: 1, ...before, mean: 7, min: 7, max: 7 },
      { series: 1, ...after, mean: 7, min: 7, max: 7 },
    ]);
  });

  it('counts no reading that is missing, and knows nothing of a time that has none', () => {
    const batches = hourOf((minute) =>
      minute < 20 ? [minute, MISSING, MISSING, 4, 4, 4] : Array<number>(6).fill(MISSING),
    );
    const thinned = thin([...batches.slice(0, 10), ...batches.slice(20), ...batches.slice(10, 20)].map(blockOf), 1);
    expect(said(thinned ?? [], 1)).toEqual([
      { series: 0, atMs: NOON, readings: 40, mean: 4, min: 0, max: 9 },
      { series: 0, atMs: NOON + THINNED_STEP_MS, readings: 40, mean: 7, min: 4, max: 19 },
    ]);
  });

  it('of ten hours of a usual machine keeps less than a tenth', () => {
    const noise = (seed: number) => Math.round(500 + 400 * Math.sin(seed * 12.9898) + 90 * Math.sin(seed * 78.233));
    const batches = Array.from({ length: 600 }, (_, minute) => ({
      t0: NOON + minute * MINUTE_MS,
      stepMs: 10_000,
      values: Array.from({ length: 40 }, (__, series) =>
        Array.from({ length: 6 }, (___, row) =>
          series % 4 === 0 ? noise(minute * 60 + row * 10 + series) : series * 100,
        ),
      ),
    }));
    const blocks = batches.map(blockOf);
    const bytes = (list: readonly Uint8Array[]) => list.reduce((sum, { length }) => sum + length, 0);
    const thinned = thin(blocks, 40) ?? blocks;
    expect(bytes(thinned)).toBeLessThan(bytes(blocks) / 10);
    expect(thinned).toHaveLength(1);
  });

  it('gives several records where one would not go through', () => {
    const wild = (seed: number) => (seed * 2_654_435_761) % 2 ** 40;
    const batches = Array.from({ length: 40 }, (_, index) => ({
      t0: NOON + index * THINNED_STEP_MS,
      stepMs: 10_000,
      values: Array.from({ length: 100 }, (__, series) =>
        Array.from({ length: 60 }, (___, row) => wild(index * 7_919 + series * 104_729 + row * 31)),
      ),
    }));
    const thinned = thin(batches.map(blockOf), 100) ?? [];
    expect(thinned.length).toBeGreaterThan(1);
    expect(thinned.every(({ length }) => length < FRAME_MAX_BYTES - 256)).toBe(true);
    const entries = said(thinned, 100);
    expect(entries).toHaveLength(4_000);
    expect(entries.every(({ readings }) => readings === 60)).toBe(true);
  });

  it.each([
    ['steps', 20, [0, 1, 2, 3, 4, 5]],
    ['values', 100, [0, 0.1, 0.2, 1.2, 1.3, 1.4]],
  ])('gives several records for more %s than one can hold', (_name, series, days) => {
    const readings = Array.from({ length: series }, () => [1, 900, 2, 800, 3, 700]);
    const thinned =
      thin(
        days.map((day) => blockOf(minuteOf(NOON + day * DAY_MS, ...readings))),
        series,
      ) ?? [];
    expect(thinned.length).toBeGreaterThan(1);
    expect(said(thinned, series)).toHaveLength(6 * series);
  });

  it.each<[string, readonly Uint8Array[]]>([
    ['nothing', []],
    ['one reading of each series', [blockOf(minuteOf(NOON, [5], [6], [7], [8]))]],
    ['a batch over weeks', [blockOf({ t0: NOON, stepMs: DAY_MS, values: Array(4).fill(Array(30).fill(1)) })]],
  ])('is not done to %s: it would save nothing, or not fit', (_name, blocks) => {
    expect(thin(blocks, 4)).toBeUndefined();
  });

  it('refuses what is no block', () => {
    expect(() => thin([Uint8Array.of(1, 2)], 1)).toThrow(WireError);
    expect(() => thin([blockOf(minuteOf(NOON, [1, 900, 2, 800]))], 2)).toThrow(WireError);
  });
});

describe('whatever was read', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
    { weight: 1, arbitrary: fc.integer({ min: -VALUE_MAX, max: VALUE_MAX }) },
    { weight: 1, arbitrary: fc.constant(MISSING) },
  );
  const batches = fc
    .record({ series: fc.integer({ min: 1, max: 4 }), stepMs: fc.constantFrom(1_000, 10_000, 60_000) })
    .chain(({ series, stepMs }) => {
      const batch = fc.integer({ min: 1, max: 12 }).chain((count) =>
        fc.record({
          // mostly one after the other, with holes; now and then a clock that is set
          t0: fc.integer({ min: 0, max: 400 }).map((minute) => NOON + minute * MINUTE_MS),
          stepMs: fc.constant(stepMs),
          values: fc.array(fc.array(value, { minLength: count, maxLength: count }), {
            minLength: series,
            maxLength: series,
          }),
        }),
      );
      return fc.record({ series: fc.constant(series), list: fc.array(batch, { minLength: 1, maxLength: 30 }) });
    });

  /** By series and ten minutes. */
  const readingsOf = (list: readonly Batch[]) => {
    const all = list.flatMap(({ t0, stepMs, values }) =>
      values.flatMap((column, index) =>
        column.map((reading, row) => {
          const atMs = Math.floor((t0 + row * stepMs) / THINNED_STEP_MS) * THINNED_STEP_MS;
          return { name: `${index} ${atMs}`, reading };
        }),
      ),
    );
    const groups = Map.groupBy(
      all.filter(({ reading }) => !Number.isNaN(reading)),
      ({ name }) => name,
    );
    return new Map([...groups].map(([name, group]) => [name, group.map(({ reading }) => reading)]));
  };

  it('each value is of its ten minutes, every reading counts once, and no more bytes or records come out than went in', () => {
    let thinnedRuns = 0;
    fc.assert(
      fc.property(batches, ({ series, list }) => {
        const blocks = list.map(blockOf);
        const thinned = thin(blocks, series);
        if (!thinned) return;
        thinnedRuns += 1;
        expect(thinned.length).toBeLessThanOrEqual(blocks.length);
        expect(Buffer.concat(thinned).length).toBeLessThan(Buffer.concat(blocks).length);
        const groups = readingsOf(list);
        const counted = new Map<string, number>();
        for (const { series: index, atMs, readings, mean = MISSING, min = MISSING, max = MISSING } of said(
          thinned,
          series,
        )) {
          const name = `${index} ${atMs}`;
          const group = groups.get(name) ?? [];
          expect(min <= mean && mean <= max).toBe(true);
          expect(group).toContain(min);
          expect(group).toContain(max);
          if (readings === group.length) {
            const sum = group.reduce((total, reading) => total + BigInt(reading), 0n);
            expect(Math.abs(Number(BigInt(mean) * BigInt(readings) - sum))).toBeLessThanOrEqual(0.51 * readings);
            expect([min, max]).toEqual([Math.min(...group), Math.max(...group)]);
          }
          counted.set(name, (counted.get(name) ?? 0) + readings);
        }
        expect(counted).toEqual(new Map([...groups].map(([name, group]) => [name, group.length])));
      }),
      { numRuns: 300 },
    );
    expect(thinnedRuns).toBeGreaterThan(100); // else nothing was looked at
  });
});
