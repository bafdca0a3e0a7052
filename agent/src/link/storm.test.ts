// A fleet of 10,000 that loses its server in one moment: it does not come back in one, however long the server is away.
import { describe, expect, it } from 'vitest';

import { type LinkState, linkStep } from './machine.ts';

const AGENTS = 10_000;
const SPREAD_MS = 30_000;

/** The same chances each time: Mulberry32. */
const chances = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** @returns how often the server was asked in each second, while it answers nobody */
const asked = (seconds: number, retryAfterMs?: number): readonly number[] => {
  const random = chances(20_261_123);
  const perSecond = Array.from({ length: seconds }, () => 0);
  const lost = { type: 'lost', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } as const;
  for (let agent = 0; agent < AGENTS; agent += 1) {
    let state: LinkState = { name: 'open', attempt: 0, sinceMs: -1e6 };
    for (let nowMs = 0; nowMs < seconds * 1_000;) {
      const waiting = linkStep(state, state.name === 'open' ? { type: 'lost' } : lost, {
        nowMs,
        random: random(),
        spreadMs: SPREAD_MS,
      });
      nowMs += waiting.effects.reduce((ms, effect) => ms + (effect.do === 'wake' ? effect.ms : 0), 0);
      const second = Math.floor(nowMs / 1_000);
      if (second < seconds) perSecond[second] = (perSecond[second] ?? 0) + 1;
      ({ state } = linkStep(waiting.state, { type: 'due' }, { nowMs, random: random(), spreadMs: SPREAD_MS }));
    }
  }
  return perSecond;
};

/** How far the busiest second is above those around it. */
const sharpestPeak = (perSecond: readonly number[]): number =>
  Math.max(
    ...perSecond.slice(10, -10).map((count, index) => {
      const around = perSecond.slice(index, index + 21);
      return count / (around.reduce((sum, one) => sum + one, 0) / around.length);
    }),
  );

describe('10,000 agents whose server is away', () => {
  const perSecond = asked(1_800);

  it('ask the first time evenly over the spread: about a thirtieth of them in the first second', () => {
    expect(perSecond[0]).toBeGreaterThan(270); // of the first second nothing but first tries
    expect(perSecond[0]).toBeLessThan(400);
  });

  it('never ask as one: no second of half an hour stands out', () => {
    expect(sharpestPeak(perSecond)).toBeLessThan(1.6);
    expect(Math.max(...perSecond)).toBeLessThan(2_000);
  });

  it('ask less and less: after ten minutes fewer than 100 of them a second', () => {
    expect(Math.max(...perSecond.slice(600))).toBeLessThan(110);
  });

  it('that are all asked to wait for a minute come after it as evenly as they came before', () => {
    expect(Math.max(...asked(600, 60_000))).toBeLessThan(450);
  });
});
