// The rhythm, on a clock that is moved by hand: it does not drift, does not catch up, and sees a sleep.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Beat, type BeatIntervals, Metronome } from './beat.ts';
import { HandClock } from './hand-clock.ts';

const STEP = 10_000;
const INTERVALS: BeatIntervals = { fast: STEP, minute: MINUTE_MS, slow: 15 * MINUTE_MS, daily: 24 * HOUR_MS };

type Options = { readonly phase?: number; readonly workMs?: (beat: number) => number };

const metronomeOf = ({ phase = 0, workMs = () => 0 }: Options = {}) => {
  const clock = new HandClock();
  const beats: Beat[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const onBeat = async (beat: Beat): Promise<void> => {
    beats.push(beat);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const { promise, resolve } = Promise.withResolvers<void>();
    const ms = workMs(beats.length);
    if (ms === 0) resolve();
    else clock.after(ms, resolve);
    await promise;
    atOnce -= 1;
  };
  const metronome = new Metronome(INTERVALS, { clock, phase, uptimeMs: clock.uptimeMs, onBeat });
  return { clock, beats, metronome, mostAtOnce: () => mostAtOnce };
};

const labels = (beats: readonly Beat[]) => beats.map(({ wallMs }) => wallMs);
const spaces = (values: readonly number[]) => values.slice(1).map((value, index) => value - (values[index] ?? 0));

describe('beats', () => {
  it('begin at once with every tier, and come at each multiple of the interval', async () => {
    const { clock, beats, metronome } = metronomeOf();
    clock.set(3_456);
    void metronome.start();
    await clock.pass(MINUTE_MS);
    expect(labels(beats)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => 1_800_000_000_000 + index * STEP));
    expect(spaces(beats.map(({ monoMs }) => monoMs))).toEqual([STEP, STEP, STEP, STEP, STEP, STEP]);
    expect([...(beats[0]?.tiers ?? [])]).toEqual(['fast', 'minute', 'slow', 'daily']);
    expect(clock.waiting).toBe(1);
  });

  it('do not drift, and what was missed while one was at work is left out rather than caught up', async () => {
    const work = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 45_000 })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(work, fc.nat(STEP), async (durations, offset) => {
        const { clock, beats, metronome, mostAtOnce } = metronomeOf({ workMs: (beat) => durations[beat - 1] ?? 0 });
        clock.set(offset);
        void metronome.start();
        await clock.pass(10 * MINUTE_MS);
        expect(labels(beats).every((label) => label % STEP === 0)).toBe(true);
        for (const [index, space] of spaces(labels(beats)).entries()) {
          expect(space).toBeGreaterThanOrEqual(STEP);
          expect(space).toBeLessThan((durations[index] ?? 0) + 2 * STEP);
        }
        expect(mostAtOnce()).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('none comes after a stop, nor from a beat that was at work', async () => {
    const { clock, beats, metronome } = metronomeOf({ workMs: () => 1_000 });
    void metronome.start();
    await clock.pass(STEP + 500);
    metronome.stop();
    await clock.pass(MINUTE_MS);
    expect(beats).toHaveLength(2);
    expect(clock.waiting).toBe(0);
  });

  it('none comes when it was stopped before it began', async () => {
    const { clock, beats, metronome } = metronomeOf();
    metronome.stop();
    await metronome.start();
    await clock.pass(MINUTE_MS);
    expect(beats).toEqual([]);
  });
});

describe('slower tiers', () => {
  it('come once in each of their intervals, at the moment of the device', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(MINUTE_MS), async (phase, offset) => {
        const { clock, beats, metronome } = metronomeOf({ phase });
        clock.set(offset);
        void metronome.start();
        await clock.pass(HOUR_MS);
        const times = (tier: 'minute' | 'slow') => labels(beats.filter(({ tiers }) => tiers.has(tier)).slice(1));
        expect(new Set(spaces(times('minute')))).toEqual(new Set([MINUTE_MS]));
        expect(new Set(spaces(times('slow')))).toEqual(new Set([15 * MINUTE_MS]));
        const own = Math.floor((phase * MINUTE_MS) / STEP) * STEP;
        expect(new Set(times('minute').map((time) => time % MINUTE_MS))).toEqual(new Set([own]));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a machine that sleeps', () => {
  it('says so once, with one beat and no burst, and goes on in step', async () => {
    const { clock, beats, metronome } = metronomeOf();
    void metronome.start();
    await clock.pass(35_000);
    clock.sleep(8 * HOUR_MS + 3_000);
    await clock.pass(MINUTE_MS);
    expect(beats.map(({ sleptMs }) => sleptMs)).toEqual([0, 0, 0, 0, 8 * HOUR_MS + 3_000, 0, 0, 0, 0, 0]);
    expect(labels(beats).every((label) => label % STEP === 0)).toBe(true);
    expect(spaces(beats.map(({ monoMs }) => monoMs)).every((space) => space > 0 && space < 2 * STEP)).toBe(true);
  });
});

describe('a clock that is set', () => {
  it.each([HOUR_MS, -HOUR_MS, 3_000, -12_345])('by %i ms changes the labels, not the count', async (byMs) => {
    const { clock, beats, metronome } = metronomeOf();
    void metronome.start();
    await clock.pass(25_000);
    clock.set(byMs);
    await clock.pass(MINUTE_MS);
    expect(beats.length).toBeGreaterThan(7);
    expect(beats.every(({ wallMs, sleptMs }) => wallMs % STEP === 0 && sleptMs === 0)).toBe(true);
    const counted = spaces(beats.map(({ monoMs }) => monoMs));
    expect(counted.every((space) => space > 0 && space < 2 * STEP)).toBe(true);
    expect(Math.abs((beats.at(-1)?.wallMs ?? 0) - clock.wallMs())).toBeLessThan(STEP);
  });

  it('a little leaves a device its own moment', async () => {
    const { clock, beats, metronome } = metronomeOf({ phase: 0.5 });
    void metronome.start();
    for (const byMs of [3_000, -3_000, 4_000]) {
      await clock.pass(5 * MINUTE_MS);
      clock.set(byMs);
    }
    const own = labels(beats.filter(({ tiers }) => tiers.has('minute')).slice(1));
    expect(new Set(own.map((time) => time % MINUTE_MS))).toEqual(new Set([30_000]));
    expect(new Set(spaces(own))).toEqual(new Set([MINUTE_MS]));
  });
});

describe('other intervals', () => {
  it('hold at once', async () => {
    const { clock, beats, metronome } = metronomeOf();
    void metronome.start();
    await clock.pass(STEP);
    metronome.setIntervals({ ...INTERVALS, fast: 1_000, minute: 5_000 });
    await clock.pass(STEP);
    expect(beats).toHaveLength(12);
    expect(beats.slice(2).filter(({ tiers }) => tiers.has('minute'))).toHaveLength(3);
    expect(clock.waiting).toBe(1);
  });

  it('that come while a beat is at work wait for its end', async () => {
    const { clock, beats, metronome, mostAtOnce } = metronomeOf({ workMs: (beat) => (beat === 1 ? 25_000 : 0) });
    void metronome.start();
    await clock.pass(1_000);
    metronome.setIntervals(INTERVALS);
    await clock.pass(MINUTE_MS);
    expect(mostAtOnce()).toBe(1);
    expect(beats.length).toBeGreaterThan(3);
  });

  it.each(['before it began', 'after it was stopped'])('%s start nothing', async (when) => {
    const { clock, beats, metronome } = metronomeOf();
    if (when === 'after it was stopped') void metronome.start();
    metronome.stop();
    metronome.setIntervals({ ...INTERVALS, fast: 1_000 });
    await clock.pass(MINUTE_MS);
    expect(beats.length).toBeLessThanOrEqual(1);
    expect(clock.waiting).toBe(0);
  });
});
