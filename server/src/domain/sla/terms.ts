// What a tenant is promised: by priority, how soon somebody answers, how soon it is solved, and in which hours that counts.
import type { Priority } from '@fettle/shared/api/alert.schema';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import { type Matrix, STANDARD_MATRIX } from '../ticket/priority.ts';
import { type Pace, paced } from '../times.ts';
import { type Calendar, STANDARD, businessDayMs } from './calendar.ts';
import type { Hours } from './hours.ts';

/** Working time: by the clock, or in days of the calendar that covers it. */
export type Target = { readonly minutes: number } | { readonly days: number };
export type ClockName = 'response' | 'resolution';

export type Tier = Readonly<Record<ClockName, Target>> & {
  /** 'always' is round the clock, 'standard' Monday to Friday nine to five by UTC; else a calendar's id. */
  readonly coverage: string;
};

export type Terms = {
  readonly tiers: Readonly<Record<Priority, Tier>>;
  readonly matrix: Matrix;
  /** That a ticket can have; none: any. */
  readonly categories: readonly string[];
};

/** As it is from a moment on: a change of terms or of a calendar leaves what was counted until then as it was. */
export type Edition<T> = { readonly fromMs: number; readonly value: T };

/** Everything that the clocks of a tenant's tickets go by, and have gone by. */
export type Contract = {
  /** The oldest first; none: the standard terms. */
  readonly terms: readonly Edition<Terms>[];
  /** By id; the oldest first. */
  readonly calendars: Readonly<Record<string, readonly Edition<Calendar>[]>>;
  /** Of promised times: hurry divides them. */
  readonly pace: Pace;
};

export const STANDARD_TERMS: Terms = {
  tiers: {
    critical: tier({ minutes: 30 }, { minutes: 240 }),
    high: tier({ minutes: 240 }, { minutes: 480 }),
    normal: tier({ days: 1 }, { days: 3 }),
    low: tier({ days: 2 }, { days: 5 }),
  },
  matrix: STANDARD_MATRIX,
  categories: [],
};

function tier(response: Target, resolution: Target): Tier {
  return { response, resolution, coverage: 'standard' };
}

/** In force at the time; before the first edition the first. */
const editionAt = <T>(editions: readonly Edition<T>[], atMs: number): T | undefined =>
  (editions.findLast(({ fromMs }) => fromMs <= atMs) ?? editions[0])?.value;

export const termsAt = ({ terms }: Contract, atMs: number): Terms => editionAt(terms, atMs) ?? STANDARD_TERMS;

const calendarAt = (contract: Contract, coverage: string, atMs: number): Calendar =>
  editionAt(contract.calendars[coverage] ?? [], atMs) ?? STANDARD;

export const hoursAt = (contract: Contract, priority: Priority, atMs: number): Hours => {
  const { coverage } = termsAt(contract, atMs).tiers[priority];
  return coverage === 'always' ? 'always' : calendarAt(contract, coverage, atMs);
};

export type Promised = { readonly clock: ClockName; readonly priority: Priority; readonly atMs: number };

/** In ms of working time. */
export const targetMs = (contract: Contract, { clock, priority, atMs }: Promised): number => {
  const target = termsAt(contract, atMs).tiers[priority][clock];
  if ('minutes' in target) return paced(contract.pace, target.minutes * MINUTE_MS);
  const hours = hoursAt(contract, priority, atMs);
  const dayMs = hours === 'always' ? 24 * HOUR_MS : businessDayMs(hours);
  return paced(contract.pace, target.days * dayMs);
};

/** When anything in it changed, in order. */
export const changesOf = ({ terms, calendars }: Contract): readonly number[] =>
  [terms, ...Object.values(calendars)]
    .flatMap((editions) => editions.slice(1).map(({ fromMs }) => fromMs))
    .toSorted((one, other) => one - other);

/** @returns what is wrong with them; undefined when nothing is. `knownCalendars`: ids of the tenant's own */
export const faultOfTerms = ({ tiers }: Terms, knownCalendars: readonly string[]): string | undefined => {
  const known = new Set(['always', 'standard', ...knownCalendars]);
  for (const [priority, { coverage }] of Object.entries(tiers))
    if (!known.has(coverage))
      return `The coverage of ${priority} names "${coverage}", and there is no such calendar. Use "always", "standard" or a calendar's id.`;
  return undefined;
};
