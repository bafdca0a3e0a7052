// How many backups are kept, and which goes first.
import type { Manifest } from './manifest.schema.ts';

export type Kept = {
  readonly name: string;
  readonly kind: Manifest['kind'];
  readonly madeMs: number;
  readonly isGood: boolean;
};

/** Of each kind; those that a person made stay until a person takes them away. */
export type Keeping = { readonly hourly: number; readonly daily: number };

/** @returns the names of those that are too many, the newest good one never among them */
export const tooMany = (all: readonly Kept[], keeping: Keeping): readonly string[] => {
  const newest = all.toSorted((a, b) => b.madeMs - a.madeMs);
  const lastGood = newest.find(({ isGood }) => isGood);
  const surplus = (['hourly', 'daily'] as const).flatMap((kind) =>
    newest.filter((one) => one.kind === kind).slice(keeping[kind]),
  );
  return surplus.filter((one) => one !== lastGood).map(({ name }) => name);
};

/** @returns the one to give up for a new one when there is no room for both: the oldest that nobody made by hand, while another good one is left */
export const leastWanted = (all: readonly Kept[]): string | undefined => {
  const [oldest] = all.filter(({ kind }) => kind !== 'manual').toSorted((a, b) => a.madeMs - b.madeMs);
  return all.some((one) => one !== oldest && one.isGood) ? oldest?.name : undefined;
};
