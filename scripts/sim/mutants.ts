// The hunt: each planted bug must be found by some seed, and soon.
import { playInChild } from './children.ts';
import { type Mutant, mutants } from './mutant-list.ts';

/** A bug that so many seeds do not find would hide. */
const SEEDS_MAX = 1_000;

export type Found = { readonly mutant: string; readonly seed: number | undefined };

/** @param onLine is told of each as it is found or missed */
export const huntMutants = async (onLine: (line: string) => void): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for (const mutant of mutants) found.push(await hunt(mutant, onLine));
  return found;
};

const hunt = async ({ id, what }: Mutant, onLine: (line: string) => void): Promise<Found> => {
  const { failed } = await playInChild({ from: 1, seeds: SEEDS_MAX, mutant: id });
  const [first] = failed;
  const fate = first ? `seed ${first.seed}: ${first.problem.split('\n')[0]}` : `NOT FOUND by ${SEEDS_MAX} seeds`;
  onLine(`${id} (${what}) -> ${fate}`);
  return { mutant: id, seed: first?.seed };
};
