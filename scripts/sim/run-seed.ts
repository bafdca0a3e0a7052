// One run: an hour or two in which much goes wrong, a while in which nothing does, and then the oracle.
import { lanes } from '@fettle/agent/spool/spool';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { plan } from './faults.ts';
import { Violation } from './ledger.ts';
import { afterTheFaults, judge } from './oracle.ts';
import { Site, type Told } from './site.ts';

/** Longer than the longest back-off, the slowest rule and the digest together. */
const QUIET_MS = 22 * MINUTE_MS;
/** Of two machines with one key: two refusals and a new key, each behind a back-off. */
const PARTING_MS = 18 * MINUTE_MS;
const SETTLE_MS = 5 * SECOND_MS;

export type SeedResult = {
  readonly seed: number;
  /** The law that does not hold; absent where all do. */
  readonly problem?: string;
  readonly happened: number;
  readonly simulatedMs: number;
  readonly faults: readonly string[];
};

/** @param told everything that goes on, for a person who looks at one seed */
export const runSeed = async (seed: number, told: Told = {}): Promise<SeedResult> => {
  const { onLine } = told;
  const site = new Site(seed, told);
  const faults: string[] = [];
  try {
    await site.start();
    const { forMs, heal } = plan(site, (fault) => {
      faults.push(fault);
      onLine?.(`${site.at} FAULT ${fault}`);
    });
    await site.world.run(forMs);
    onLine?.(`${site.at} the faults end`);
    await heal();
    await site.world.run(QUIET_MS + (site.machines.some(({ isCloned }) => isCloned) ? PARTING_MS : 0));
    await settle(site);
    judge(site);
    await afterTheFaults(site);
    return { seed, faults, ...figuresOf(site) };
  } catch (error) {
    return { seed, faults, ...figuresOf(site), problem: problemOf(error) };
  } finally {
    site.close();
  }
};

/** The end may come while something is on its way. */
const settle = async ({ world, machines }: Site): Promise<void> => {
  const isOnItsWay = () =>
    machines.some(({ process }) => lanes.some((lane) => process?.status?.lanes[lane].pending !== 0));
  for (let left = SETTLE_MS; left > 0 && isOnItsWay(); left -= SECOND_MS) await world.run(SECOND_MS);
};

const figuresOf = ({ world }: Site) => ({ happened: world.happened, simulatedMs: world.nowMs });

const problemOf = (error: unknown): string => {
  if (error instanceof Violation) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
