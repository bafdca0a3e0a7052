// A month of a fleet, from one number: who runs when, what is read of whom, who is cut off, and the labels that say what is true.
import { Random } from '../sim/random.ts';
import type { AgentLife } from './agent.ts';
import { Draft } from './draft.ts';
import { type Site, fleetOf } from './fleet.ts';
import { planHabits, planNoise } from './habits.ts';
import { planBadUpdate, planIncidents } from './incidents.ts';
import type { Label, MaintenanceWindow } from './label.ts';
import { planAgentUpdate, planOutages } from './outages.ts';
import { badUpdate, recipes } from './recipes.ts';
import type { Span } from './span.ts';

export type Plan = {
  readonly sites: readonly Site[];
  readonly lives: readonly AgentLife[];
  readonly labels: readonly Label[];
  readonly windows: readonly MaintenanceWindow[];
  /** The server's process is not there. */
  readonly serverDown: readonly Span[];
  readonly days: number;
};

export type Size = { readonly devices: number; readonly days: number; readonly seed: number };

/** Fewer days have no room for a restart, a cut and an incident that takes its time. */
export const DAYS_LEAST = 5;

export const planOf = ({ devices, days, seed }: Size): Plan => {
  const random = new Random(seed);
  const sites = fleetOf(random.fork(), devices);
  const draft = new Draft(sites, days, random.fork());
  planOutages(draft);
  draft.settle();
  planAgentUpdate(draft);
  planHabits(draft);
  planBadUpdate(draft, badUpdate);
  planIncidents(draft, recipes);
  planNoise(draft);
  const serverDown = draft.blackouts.filter(({ isServerDown }) => isServerDown);
  return { sites, lives: livesOf(draft), labels: draft.labels, windows: draft.windows, serverDown, days };
};

export const livesOf = (draft: Draft): readonly AgentLife[] =>
  draft.machines.map((machine) => ({
    machine,
    sessions: draft.sessionsOf(machine),
    courses: draft.coursesOf(machine.index),
    cuts: draft.cutsOf(machine),
    update: draft.updates.get(machine.index),
  }));
