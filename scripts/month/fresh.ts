// The first week of a fleet that is new here: much is wrong with it already, and nobody is to drown in tickets about that.
import { DAY_S } from '@fettle/shared/rule/pack/terms';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import { Random } from '../sim/random.ts';
import { Draft } from './draft.ts';
import { fleetOf } from './fleet.ts';
import type { History } from './history.ts';
import { type Known, knownBefore, tellKnown } from './known.ts';
import type { Label } from './label.ts';
import { START_MS, dayMs } from './life.ts';
import { book } from './month-server.ts';
import { type Plan, livesOf } from './plan.ts';
import { systemVolume, volumeReadings } from './readings.ts';
import { isServer } from './recipes.ts';

/** As long as what was so before is nobody's emergency (Times.baselineMs). */
const DAYS = 7;
/** Of all machines that could have it: of what may wait, and of what may not. */
const SHARE = 0.3;
const URGENT_SHARE = 0.02;
/** Each site may have a ticket beside those that may not wait. */
export const BESIDE_MOST = 1;

type Wrong = Omit<Known, 'share'>;

/** Beside what the month knows of. */
const MORE: readonly Wrong[] = [
  {
    kind: 'sectors were pending before',
    families: ['disk-health'],
    isOf: () => true,
    readings: ({ name }) => [{ kind: 'disk', instance: `old-${name}` }, { 'fettle.disk.sectors.pending': 24 }],
  },
  {
    kind: 'service of a server did not run before',
    families: ['service'],
    isOf: (machine) => isServer(machine) && machine.os === 'windows',
    readings: () => [{ kind: 'service', instance: 'Print spooler' }, { 'fettle.service.state': 0 }],
  },
  {
    kind: 'certificate was about to expire before',
    families: ['cert.expiry'],
    isOf: isServer,
    readings: () => [{ kind: 'certificate', instance: 'www' }, { 'fettle.certificate.remaining': 12 * DAY_S }],
  },
  {
    kind: 'backup was old before',
    families: ['backup'],
    isOf: isServer,
    readings: () => [{ kind: 'backup', instance: 'weekly' }, { 'fettle.backup.age': 5 * DAY_S }],
  },
  {
    kind: 'disk was full before',
    families: ['disk-space'],
    isOf: () => true,
    readings: (machine) => [systemVolume(machine), volumeReadings(machine, 0.99)],
    urgentMs: 30 * MINUTE_MS,
  },
  {
    kind: 'backup had failed before',
    families: ['backup'],
    isOf: isServer,
    readings: () => [{ kind: 'backup', instance: 'nightly' }, { 'fettle.backup.state': 1 }],
    urgentMs: 25 * HOUR_MS, // one bad night may be mended by the next
  },
];

const sameThing = (one: Wrong, other: Wrong): boolean =>
  one.families[0] === other.families[0] && (one.urgentMs === undefined) !== (other.urgentMs === undefined);

export const freshPlan = ({ devices, seed }: { readonly devices: number; readonly seed: number }): Plan => {
  const random = new Random(seed);
  const draft = new Draft(fleetOf(random.fork(), devices), DAYS, random.fork());
  draft.settle();
  const span = { fromMs: START_MS, toMs: dayMs(DAYS) };
  for (const machine of draft.machines) {
    const theirs = [...knownBefore, ...MORE].filter(
      (wrong) => wrong.isOf(machine) && random.chance(wrong.urgentMs === undefined ? SHARE : URGENT_SHARE),
    );
    // of one thing the worse is told: labels stay apart
    const apart = theirs.filter(
      (wrong) => wrong.urgentMs !== undefined || !theirs.some((other) => sameThing(wrong, other)),
    );
    for (const wrong of apart) tellKnown(draft, machine, wrong, span);
  }
  return { sites: draft.sites, lives: livesOf(draft), labels: draft.labels, windows: [], serverDown: [], days: DAYS };
};

export type FreshScore = {
  readonly sites: number;
  /** Things that were wrong before and may wait. */
  readonly known: number;
  /** Alerts that say so, and wait. */
  readonly shown: number;
  readonly tickets: number;
  /** Beside those that may not wait, of the site that has most. */
  readonly beside_most_of_a_site: number;
  readonly beside: number;
  /** By rule, those beside. */
  readonly besideRules: readonly string[];
};

export const freshScore = ({ sites, labels }: Plan, history: History): FreshScore => {
  const urgent = labels.filter(({ worth }) => worth.is === 'ticket');
  const beside = [...history.tickets.values()].filter((ticket) => !urgent.some((label) => isOf(label, ticket)));
  const bySite = Map.groupBy(beside, ({ site }) => site);
  return {
    sites: sites.length,
    known: labels.length - urgent.length,
    shown: history.knownBefore.size,
    tickets: history.tickets.size,
    beside_most_of_a_site: Math.max(0, ...[...bySite.values()].map(({ length }) => length)),
    beside: beside.length,
    besideRules: [...new Set(beside.map(({ rule }) => rule))],
  };
};

const isOf = ({ families, machines }: Label, { rule, machine }: { rule: string; machine: number }): boolean =>
  machines.includes(machine) && families.includes(book.byId.get(rule)?.family ?? rule);
