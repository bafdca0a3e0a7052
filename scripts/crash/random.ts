// A seed, and the same choices each time.
import type { Rng } from '@fettle/shared/time';

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to choose faults with. */
export const seeded = (seed: number): Rng => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** One of several, by their weights. */
export const pick = <T>(rng: Rng, choices: readonly (readonly [weight: number, value: T])[]): T => {
  let at = rng() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of choices) {
    at -= weight;
    if (at < 0) return value;
  }
  const last = choices.at(-1);
  if (!last) throw new Error('nothing to choose from');
  return last[1];
};
