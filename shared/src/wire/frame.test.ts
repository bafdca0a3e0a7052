import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ByteReader, ByteWriter, WireError, cleanText } from './bytes.ts';
import { blockOf, decodeBlock, decodeFrame } from './decode.ts';
import { encodeBatch, encodeBlock, encodeLoose, encodeSeries, encodeSet, encodeThinned } from './encode.ts';
import type { Frame, ThinnedBlock, ThinnedColumn } from './frame.ts';
import {
  CELLS_MAX,
  FRAME_MAX_BYTES,
  SEQ_MAX,
  SERIES_MAX,
  SETS_MAX,
  STEPS_MAX,
  TEXT_MAX_BYTES,
  THINNED_STEP_MS,
  TIME_MAX_MS,
  VALUE_MAX,
} from './limits.ts';
import { decodeThinnedBlock, encodeThinnedBlock } from './thinned.ts';

const MISSING = Number.NaN;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
  { weight: 2, arbitrary: fc.integer({ min: -VALUE_MAX, max: VALUE_MAX }) },
  { weight: 2, arbitrary: fc.constant(MISSING) },
);
const columns = fc
  .record({ series: fc.integer({ min: 1, max: 20 }), count: fc.integer({ min: 1, max: 40 }) })
  .chain(({ series, count }) =>
    fc.array(fc.array(value, { minLength: count, maxLength: count }), { minLength: series, maxLength: series }),
  );
const head = (count: number) => ({ t0: 1_763_856_000_000, stepMs: 10_000, count });
/** With plain arrays, to compare. */
const plain = (frame: Frame): unknown => {
  if ('values' in frame) return { ...frame, values: frame.values.map((column) => [...column]) };
  if ('columns' in frame) return { ...frame, columns: plainColumns(frame) };
  return frame;
};
const plainColumns = ({ columns: thinned }: Pick<ThinnedBlock, 'columns'>) =>
  thinned.map(({ readings, mean, min, max }) => [readings, mean, min, max].map((column) => [...column]));

/** Of a step: how many readings, and three of them in order. */
const thinnedStep = fc.oneof(
  fc.constant<number[]>([0, MISSING, MISSING, MISSING]),
  fc
    .tuple(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.integer({ min: -VALUE_MAX, max: VALUE_MAX }), { minLength: 3, maxLength: 3 }),
    )
    .map(([readings, values]) => [readings, ...values.toSorted((one, other) => one - other)]),
);
const columnOf = (steps: readonly (readonly number[])[]): ThinnedColumn => {
  const pick = (part: number) => Float64Array.from(steps, (step) => step[part] ?? MISSING);
  return { readings: pick(0), min: pick(1), mean: pick(2), max: pick(3) };
};
const thinnedBlocks = fc
  .record({ series: fc.integer({ min: 1, max: 8 }), count: fc.integer({ min: 1, max: 40 }), first: fc.nat(4_000_000) })
  .chain(({ series, count, first }) => {
    const column = fc.array(thinnedStep, { minLength: count, maxLength: count });
    return fc.record({
      t0: fc.constant(first * THINNED_STEP_MS),
      count: fc.constant(count),
      columns: fc.array(column.map(columnOf), { minLength: series, maxLength: series }),
    });
  });
const encodeFrame = (frame: Frame): Uint8Array => {
  switch (frame.type) {
    case 'series':
      return encodeSeries(frame);
    case 'set':
      return encodeSet(frame);
    case 'batch':
      return encodeBatch(frame.seq, frame.setId, encodeBlock(frame, frame.values));
    case 'thinned':
      return encodeThinned(frame, frame.setId, encodeThinnedBlock(frame));
    case 'now':
    case 'live':
      return encodeLoose(frame.type, frame.setId, encodeBlock(frame, frame.values));
  }
};

describe('round trip', () => {
  it('gives back any block of integers and missing readings', () => {
    fc.assert(
      fc.property(columns, (values) => {
        const count = values[0]?.length ?? 0;
        const block = decodeBlock(encodeBlock(head(count), values), values.length);
        expect(block.values.map((column) => [...column])).toEqual(values);
        expect(block).toMatchObject(head(count));
      }),
    );
  });

  it('gives back any thinned block', () => {
    fc.assert(
      fc.property(thinnedBlocks, (block) => {
        const back = decodeThinnedBlock(encodeThinnedBlock(block), block.columns.length);
        expect({ ...back, columns: plainColumns(back) }).toEqual({ ...block, columns: plainColumns(block) });
      }),
    );
  });

  it('gives back any dictionary', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(cleanText);
    const series = fc.record({ metric: name, attributes: fc.dictionary(name, name, { maxKeys: 8 }) });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 20 }), fc.nat(100), (list, firstId) => {
        const frame = { type: 'series', firstId, series: list } as const;
        expect(decodeFrame(encodeSeries(frame), () => undefined)).toEqual(frame);
      }),
    );
  });

  it('gives back any set', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(SERIES_MAX - 1), { minLength: 1, maxLength: 200 }),
        fc.nat(255),
        (ids, setId) => {
          const frame = { type: 'set', setId, seriesIds: ids } as const;
          expect(decodeFrame(encodeSet(frame), () => undefined)).toEqual(frame);
        },
      ),
    );
  });

  it('gives back any varint up to 2^53 - 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        const out = new ByteWriter();
        out.varint(number);
        expect(new ByteReader(out.finish()).varint(Number.MAX_SAFE_INTEGER, 'it')).toBe(number);
      }),
    );
  });
});

describe('the block of a batch', () => {
  it('is what the store keeps, and what the agent put in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: SEQ_MAX }), fc.nat(SETS_MAX - 1), columns, (seq, setId, values) => {
        const block = encodeBlock(head(values[0]?.length ?? 0), values);
        expect(hex(blockOf(encodeBatch(seq, setId, block)))).toBe(hex(block));
      }),
    );
    expect(() => blockOf(Uint8Array.of(3, 255))).toThrow(WireError);
  });

  it('is found behind the range of a thinned record too', () => {
    const block = Uint8Array.of(1, 2, 3);
    expect(blockOf(encodeThinned({ from: 100, seq: 900 }, 200, block))).toEqual(block);
  });
});

describe('golden frames', () => {
  type Golden = { name: string; hex: string; sizes: Record<string, number>; frame: Frame };
  const path = new URL('golden/frames.json', import.meta.url);
  const revive = (key: string, entry: unknown): unknown => (key === '' || entry !== null ? entry : MISSING);
  const golden = JSON.parse(readFileSync(path, 'utf8'), revive) as Golden[];

  it.each(golden)('$name', ({ hex: bytes, sizes, frame }) => {
    expect(hex(encodeFrame(frame))).toBe(bytes.replaceAll(' ', ''));
    expect(plain(decodeFrame(Buffer.from(bytes.replaceAll(' ', ''), 'hex'), (setId) => sizes[setId]))).toEqual(
      plain(frame),
    );
  });
});

describe('refusals', () => {
  const sizes = (size: number) => () => size;
  const block = (...tokens: number[]) => Uint8Array.from([4, 0, 10, 10, ...tokens]);
  /** In place of record 1 alone, of set 0. */
  const thinned = (...rest: number[]) => Uint8Array.from([6, 1, 0, 0, 10, ...rest]);
  const long = (value_: number) => {
    const out = new ByteWriter();
    out.varint(value_);
    return [...out.finish()];
  };

  it.each([
    ['an empty frame', Uint8Array.of(), /ends too early at byte 0/],
    ['an unknown type', Uint8Array.of(9), /no frame type 9/],
    ['a frame that is too long', new Uint8Array(FRAME_MAX_BYTES + 1), /too long/],
    ['a set that was not announced', Uint8Array.of(4, 1, 10, 10, 1, 0), /set 1 was not announced at byte 1/],
    ['no steps', block(0, 0), /number of steps is 0 at byte 4/],
    ['too many steps', Uint8Array.of(4, 0, 10, 10, ...long(STEPS_MAX + 1)), /number of steps is over 360/],
    ['a time after the year 9999', Uint8Array.of(4, 0, ...long(TIME_MAX_MS + 1)), /t0 is over/],
    ['a column that ends early', block(2, 2), /ends too early at byte 6/],
    ['a run beyond the column', block(2, 4 * 2 + 1), /longer than its column at byte 5/],
    ['a value out of range', block(1, ...long(2 * (2 * VALUE_MAX + 2))), /out of range at byte 5/],
    ['bytes left over', block(1, 0, 0), /left over at byte 6/],
    ['a varint without end', Uint8Array.of(4, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255), /t0 is over|no number/],
    ['seq 0', Uint8Array.of(3, 0), /seq is 0/],
    ['a thinned record of no records', Uint8Array.of(6, 0), /seq is 0/],
    ['one in place of records before the first', Uint8Array.of(6, 3, 3), /its range is over 2 at byte 2/],
    ['one of no steps', thinned(0), /number of steps is 0 at byte 5/],
    ['one of too many steps', thinned(...long(STEPS_MAX + 1)), /number of steps is over 360/],
    ['one that does not know how many readings', thinned(1, 3), /amount is missing or below 0 at byte 6/],
    ['one of less than no readings', thinned(1, 2), /amount is missing or below 0/],
    ['one of readings without a mean', thinned(1, 4, 3, 0, 0), /value is missing or out of range at byte 7/],
    ['one with a least that is missing', thinned(1, 4, 0, 3, 0), /amount is missing/],
    ['one with a least over the mean', thinned(1, 4, 0, 2, 0), /amount is missing or below 0/],
    ['one with a greatest out of range', thinned(1, 4, ...long(4 * VALUE_MAX), 0, 4), /missing or out of range/],
    ['a set beyond the series', Uint8Array.of(2, 0, 2, ...long(2 * (SERIES_MAX - 1)), 0), /no series 8192 at byte 5/],
    ['text that is too long', Uint8Array.of(1, 0, 1, ...long(TEXT_MAX_BYTES + 1)), /length of a metric is over/],
    ['text that is not UTF-8', Uint8Array.of(1, 0, 1, 1, 0xff, 0), /a metric is not UTF-8/],
    ['text with a control character', Uint8Array.of(1, 0, 1, 1, 10, 0), /a metric has a control character/],
  ])('%s', (_name, bytes, message) => {
    expect(() => decodeFrame(bytes, (setId) => (setId === 0 ? 1 : undefined))).toThrow(message);
    expect(() => decodeFrame(bytes, (setId) => (setId === 0 ? 1 : undefined))).toThrow(WireError);
  });

  it('more readings than a frame may unfold to, before anything is allocated', () => {
    const bytes = Uint8Array.of(4, 0, 10, 10, ...long(360));
    expect(() => decodeFrame(bytes, sizes(Math.ceil(CELLS_MAX / 360) + 1))).toThrow(/more than 65536 readings/);
    const thinned = Uint8Array.of(6, 1, 0, 0, 10, ...long(360));
    expect(() => decodeFrame(thinned, sizes(Math.ceil(CELLS_MAX / 4 / 360) + 1))).toThrow(/more than 65536 values/);
  });

  it('keeps "__proto__" an attribute like any other', () => {
    const attributes = Object.fromEntries([['__proto__', 'x']]);
    const frame = decodeFrame(encodeSeries({ firstId: 0, series: [{ metric: 'm', attributes }] }), () => undefined);
    expect(frame.type === 'series' && Object.entries(frame.series[0]?.attributes ?? {})).toEqual([['__proto__', 'x']]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('cleanText', () => {
  /** Any code point, halves of pairs and control characters too; fast-check's own such unit takes a second to be made. */
  const unit = fc.oneof(fc.nat(0x7ff), fc.nat(0xffff), fc.nat(0x10ffff)).map((code) => String.fromCodePoint(code));

  it('makes any text one that the wire takes', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400, size: 'max' }), (text) => {
        const out = new ByteWriter();
        out.text(cleanText(text));
        expect(new ByteReader(out.finish()).text('it')).toBe(cleanText(text));
      }),
    );
  });
});

describe('100,000 mutated frames', () => {
  it('are decoded or refused with a WireError, and nothing else', () => {
    const seeds = fc.sample(columns, { numRuns: 50, seed: 11 }).flatMap((values) => {
      const body = encodeBlock(head(values[0]?.length ?? 0), values);
      return [encodeBatch(7, 0, body), encodeLoose('now', 0, body), encodeSet({ setId: 1, seriesIds: [0, 4, 9] })];
    });
    const series = { metric: 'system.cpu.utilization', attributes: { 'cpu.mode': 'user' } };
    seeds.push(encodeSeries({ firstId: 0, series: [series, series] }));
    const thinned = fc.sample(thinnedBlocks, { numRuns: 100, seed: 12 }).map(encodeThinnedBlock);
    const short = thinned.filter(({ length }) => length < 300);
    expect(short.length).toBeGreaterThan(10);
    seeds.push(...short.map((block) => encodeThinned({ from: 3, seq: 9 }, 0, block)));
    let state = 12_345;
    const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const outcomes = { decoded: 0, refused: 0 };
    for (let round = 0; round < 100_000; round += 1) {
      const bytes = mutate(seeds[next(seeds.length)] ?? Uint8Array.of(), next);
      try {
        decodeFrame(bytes, () => 1 + next(20));
        outcomes.decoded += 1;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        outcomes.refused += 1;
      }
    }
    expect(outcomes.decoded + outcomes.refused).toBe(100_000);
    expect(outcomes.decoded).toBeGreaterThan(1_000); // else the mutations never got past the first check
    expect(outcomes.refused).toBeGreaterThan(10_000);
  }, 30_000);
});

/** Flips, inserts, removes, repeats or cuts: one to three times. */
const mutate = (seed: Uint8Array, next: (below: number) => number): Uint8Array => {
  const bytes = [...seed];
  for (let times = 1 + next(3); times > 0; times -= 1) {
    const at = next(bytes.length + 1);
    const kind = next(5);
    if (kind === 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
    else if (kind === 1) bytes.splice(at, 0, next(256));
    else if (kind === 2) bytes.splice(at, 1 + next(4));
    else if (kind === 3) bytes.splice(at, 0, ...bytes.slice(at, at + next(16)));
    else bytes.length = at;
  }
  return Uint8Array.from(bytes);
};
