import { decodeFrame } from '@fettle/shared/wire/decode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { FRAME_MAX_BYTES, SERIES_MAX, SETS_MAX } from '@fettle/shared/wire/limits';
import { describe, expect, it } from 'vitest';

import { Dictionary } from './dictionary.ts';

const series = (...names: readonly string[]): readonly SeriesDefinition[] =>
  names.map((name) => ({ metric: 'system.load', attributes: { name } }));
const numbered = (count: number, from = 0) => series(...Array.from({ length: count }, (_, index) => `${from + index}`));
const none = () => undefined;

/** What a server knows after the frames: the names of each set's series. */
const told = (frames: readonly Uint8Array[]) => {
  const names: string[] = [];
  const sets = new Map<number, readonly (string | undefined)[]>();
  for (const bytes of frames) {
    const frame = decodeFrame(bytes, none);
    if (frame.type === 'series') {
      expect(frame.firstId).toBe(names.length);
      names.push(...frame.series.map(({ attributes }) => attributes['name'] ?? ''));
    }
    if (frame.type === 'set')
      sets.set(
        frame.setId,
        frame.seriesIds.map((id) => names[id]),
      );
  }
  return { names, sets };
};

describe('Dictionary', () => {
  it('announces series and set before their first use, and not again', () => {
    const dictionary = new Dictionary();
    const first = dictionary.announce(7, series('a', 'b'));
    expect(first?.setId).toBe(0);
    expect(told(first?.frames ?? []).sets).toEqual(new Map([[0, ['a', 'b']]]));
    expect(dictionary.announce(7, series('a', 'b'))).toEqual({ setId: 0, frames: [] });
  });

  it('numbers a series once, also when it is in several sets', () => {
    const dictionary = new Dictionary();
    const frames = [series('a', 'b'), series('b', 'c'), series('c')].flatMap(
      (set, key) => dictionary.announce(key, set)?.frames ?? [],
    );
    expect(told(frames)).toEqual({
      names: ['a', 'b', 'c'],
      sets: new Map([
        [0, ['a', 'b']],
        [1, ['b', 'c']],
        [2, ['c']],
      ]),
    });
  });

  it('fits into frames that a server takes, with the longest names there can be', () => {
    const long = (text: string) => text.padEnd(512, '-');
    const longest = Array.from({ length: 30 }, (_, index) => ({
      metric: long(`m${index}`),
      attributes: Object.fromEntries(Array.from({ length: 8 }, (_unused, nth) => [long(`k${nth}`), long(`v${nth}`)])),
    }));
    const { frames } = new Dictionary().announce(0, longest) ?? { frames: [] };
    const sizes = frames.map(({ length }) => length);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(FRAME_MAX_BYTES);
    expect(frames.flatMap((bytes) => (decodeFrame(bytes, none).type === 'series' ? [1] : []))).toHaveLength(
      frames.length - 1,
    );
  });

  it('is full at the limits of a session, and says so instead of breaking them', () => {
    const sets = new Dictionary();
    for (let key = 0; key < SETS_MAX; key += 1) expect(sets.announce(key, series('a'))?.setId).toBe(key);
    expect(sets.announce(SETS_MAX, series('a'))).toBeUndefined();
    expect(sets.announce(3, series('a'))).toEqual({ setId: 3, frames: [] });

    const names = new Dictionary();
    names.announce(0, numbered(2_000));
    names.announce(1, numbered(2_000, 2_000));
    names.announce(2, numbered(2_000, 4_000));
    names.announce(3, numbered(2_000, 6_000));
    expect(names.announce(4, numbered(SERIES_MAX - 8_000 + 1, 8_000))).toBeUndefined();
    expect(names.announce(5, numbered(SERIES_MAX - 8_000, 8_000))?.setId).toBe(4);
  });
});
