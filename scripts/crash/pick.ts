import type { Rng } from '@fettle/shared/time';

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
