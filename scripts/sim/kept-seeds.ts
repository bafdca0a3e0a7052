// Seeds that once failed are kept and played first: test/seeds/sim.txt.
import { appendFileSync, readFileSync } from 'node:fs';

const FILE = new URL('../../test/seeds/sim.txt', import.meta.url);

/** A line is a seed and, after a #, why it is there. */
export const keptSeeds = (): readonly number[] =>
  readFileSync(FILE, 'utf8')
    .split('\n')
    .map((line) => line.split('#')[0]?.trim() ?? '')
    .filter((seed) => seed !== '')
    .map(Number);

export const keep = (seed: number, problem: string): void => {
  if (keptSeeds().includes(seed)) return;
  appendFileSync(FILE, `${seed}  # ${problem.split('\n')[0]?.slice(0, 150)}\n`);
};
