// The incidents of the month that readings show. Each picks machines that nothing is told of yet, and a time when they run.
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';

import type { Random } from '../sim/random.ts';
import type { Draft } from './draft.ts';
import type { Machine } from './fleet.ts';
import { NOTHING } from './label.ts';
import { afterUp, dayMs } from './life.ts';
import type { Course } from './readings.ts';
import { holds, type Span } from './span.ts';

/** @param span from the first sign to the repair; `fullMs` is when it has become as bad as it gets */
export type Tell = (machine: Machine, span: Span & { readonly fullMs: number }, random: Random) => readonly Course[];

export type Recipe = {
  readonly kind: string;
  readonly families: readonly string[];
  readonly isOf: (machine: Machine) => boolean;
  /** In a fleet of 6,000 over 30 days. */
  readonly perMonth: number;
  /** From the first sign until it is as bad as it gets; at once when absent. */
  readonly growsMs?: readonly [least: number, most: number];
  /** How long the machine has to run then, without a break, until a person has to know; null: nobody has to. */
  readonly needMs: number | null;
  /** From then until somebody has mended it. */
  readonly lastsMs: readonly [least: number, most: number];
  readonly tell: Tell;
};

export const planIncidents = (draft: Draft, recipes: readonly Recipe[]): void => {
  for (const recipe of recipes) {
    const machines = draft.machines.filter(recipe.isOf);
    for (const machine of draft.free(machines, draft.count(recipe.perMonth))) place(draft, machine, recipe);
  }
};

/** Tries some times: a machine may not run long enough after the first. */
const place = (draft: Draft, machine: Machine, recipe: Recipe): void => {
  for (let trial = 0; trial < TRIALS; trial += 1) if (begin(draft, machine, recipe)) return;
};

const TRIALS = 12;

const begin = (draft: Draft, machine: Machine, recipe: Recipe): boolean => {
  const { random, days } = draft;
  const grownMs = grow(draft, recipe);
  const latest = Math.max(0, (days - 2) * DAY_MS - grownMs);
  const signMs = afterUp(draft.sessionsOf(machine), dayMs(1) + random.whole(0, latest), 0);
  if (signMs === undefined) return false;
  return beginAt(draft, machine, { recipe, fromMs: signMs, fullMs: signMs + grownMs });
};

/** In a short month all goes faster. */
const grow = ({ random, days }: Draft, { growsMs }: Recipe): number =>
  growsMs === undefined ? 0 : Math.min(random.whole(...growsMs), (days - 3) * DAY_MS);

type Beginning = { readonly recipe: Recipe; readonly fromMs: number; readonly fullMs: number };

/** @returns false when the machine does not run long enough afterwards */
const beginAt = (draft: Draft, machine: Machine, { recipe, fromMs, fullMs }: Beginning): boolean => {
  const { random } = draft;
  const seenMs = afterUp(draft.sessionsOf(machine), fullMs, recipe.needMs ?? 0);
  const byMs = seenMs && draft.dueMs(machine, { fromMs, toMs: seenMs });
  if (byMs === undefined || byMs > dayMs(draft.days) - HOUR_MS) return false;
  const span = { fromMs, fullMs, toMs: Math.min(dayMs(draft.days), byMs + random.whole(...recipe.lastsMs)) };
  draft.read(machine, ...recipe.tell(machine, span, random));
  const { kind, families, needMs } = recipe;
  const worth = needMs === null ? NOTHING : ({ is: 'ticket', byMs } as const);
  draft.label({ kind, families, site: machine.site, machines: [machine.index], ...span, worth });
  return true;
};

const UPDATE_SHARE = 0.05;

/** On a Tuesday an update makes one service end on one machine in twenty, all within an hour; it is taken back in the afternoon. */
export const planBadUpdate = (draft: Draft, recipe: Recipe): void => {
  const noon = dayMs(draft.days > 9 ? 8 : 1) + 10 * HOUR_MS;
  const running = draft.machines.filter(
    (machine) => recipe.isOf(machine) && draft.sessionsOf(machine).some((session) => holds(session, noon)),
  );
  const count = Math.max(1, Math.round(draft.machines.length * UPDATE_SHARE));
  for (const machine of draft.free(running, count)) {
    const fromMs = noon + draft.random.whole(0, HOUR_MS);
    const upMs = afterUp(draft.sessionsOf(machine), fromMs, 0);
    if (upMs !== undefined) beginAt(draft, machine, { recipe, fromMs: upMs, fullMs: upMs });
  }
};
