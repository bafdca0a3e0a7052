// Compares what the agent issued and the server acknowledged with what the server has. Whatever is not as promised is a problem.
import type { LoggedTransition } from './couple.ts';
import { type Effect, keyOf, replay } from './replay.ts';
import type { Mark, Stored } from './stored.ts';
import { type Epoch, type SentBatch, type Told, lastOf } from './witness.ts';

export type Seen = {
  readonly alerts: ReadonlyMap<string, Epoch>;
  readonly metrics: ReadonlyMap<string, Epoch>;
  readonly conflicts: readonly string[];
  readonly refusals: readonly string[];
  readonly poisoned: number;
  /** Transitions that the agent said to have on its disk. */
  readonly logged: readonly LoggedTransition[];
};

/** @param logged what the agent said of itself */
export const seenBy = (witness: Omit<Seen, 'logged'>, logged: Seen['logged']): Seen => {
  const { alerts, metrics, conflicts, refusals, poisoned } = witness;
  return { alerts, metrics, conflicts, refusals, poisoned, logged };
};

export type Verdict = {
  readonly figures: Readonly<Record<string, number>>;
  /** In words. */
  readonly problems: readonly string[];
};

/** @param alwaysTicketed the rule whose alerts open a ticket at once on every class of device */
export const judge = (seen: Seen, stored: Stored, alwaysTicketed: string): Verdict => {
  const alerts = [...seen.alerts].map(([name, epoch]) => ({
    name,
    epoch,
    last: durableOf(name, epoch, stored.marks.alerts),
  }));
  const metrics = [...seen.metrics].map(([name, epoch]) => ({
    name,
    epoch,
    last: durableOf(name, epoch, stored.marks.metrics),
  }));
  const transitions = alerts.flatMap(({ epoch }) => transitionsIn(epoch));
  const batches = compareBatches(metrics, stored);
  const lost = lostOf(seen.logged, transitions);
  const doubled = transitions.length - new Set(transitions.map(({ name }) => name)).size;
  const tickets = ticketProblems(stored, alwaysTicketed);
  return {
    figures: {
      alerts_logged: seen.logged.length,
      alerts_issued: transitions.length,
      alerts_acked: alerts.reduce(
        (sum, { epoch }) => sum + transitionsIn(epoch).filter(({ seq }) => seq <= epoch.acked).length,
        0,
      ),
      alerts_lost: lost.length,
      alerts_doubled: doubled,
      alert_events_stored: stored.events.length,
      alert_epochs: alerts.length,
      tickets: stored.tickets.length,
      tickets_doubled: tickets.doubled.length,
      ...batches.figures,
      metric_gaps: stored.lost,
      poisoned: seen.poisoned,
    },
    problems: [
      ...(alerts.length === 1
        ? []
        : [`the alerts lane began ${alerts.length} times: its numbers go on over a restart`]),
      ...seen.conflicts.map((which) => `two records have the number ${which}`),
      ...seen.refusals.map((why) => `the server refused: ${why}`),
      ...[...alerts, ...metrics].flatMap(holesIn),
      ...lost.map((which) => `the agent had it on its disk, and never sent it: ${which}`),
      ...effectProblems(replay(alerts), stored),
      ...(seen.poisoned > 0 ? [`${seen.poisoned} records were poison`] : []),
      ...(doubled > 0 ? [`${doubled} transitions stand in the lane twice`] : []),
      ...tickets.doubled,
      ...tickets.missing,
      ...batches.problems,
    ],
  };
};

/** The last that is on the server's disk: acknowledged, or by its own mark. */
const durableOf = (name: string, epoch: Epoch, mark: Mark | undefined): number =>
  Math.max(epoch.durable, mark?.epoch === name ? mark.seq : 0);

type Lane = { readonly name: string; readonly epoch: Epoch; readonly last: number };

/** Every number up to the last durable one was sent, or stands in a gap. */
const holesIn = ({ name, epoch, last }: Lane): readonly string[] => {
  const covered = new Set([...epoch.told.keys(), ...epoch.batches.keys()]);
  for (const [to, { from }] of epoch.gaps) for (let seq = from; seq <= to; seq += 1) covered.add(seq);
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((seq) => !covered.has(seq));
  return missing.length > 0 ? [`${name}: ${missing.length} numbers never came, the first ${missing[0]}`] : [];
};

const transitionsIn = ({ told }: Epoch): readonly { readonly seq: number; readonly name: string }[] =>
  [...told.values()].flatMap(({ seq, body }: Told) =>
    body.kind === 'transition' ? [{ seq, name: nameOf(body.transition) }] : [],
  );

const nameOf = ({ change, rule, instance, at }: LoggedTransition): string => `${change} ${rule} ${instance} ${at}`;

const lostOf = (logged: readonly LoggedTransition[], sent: readonly { readonly name: string }[]): readonly string[] => {
  const known = new Set(sent.map(({ name }) => name));
  return logged.map(nameOf).filter((name) => !known.has(name));
};

type StoredEvent = Stored['events'][number];

/** What the agent had told, read from what became of it: one that flaps is held open whatever it does. */
const effectsOf = (events: readonly StoredEvent[]): readonly Effect[] => {
  let isClear = true;
  return events.flatMap((event) => {
    const wasClear = isClear;
    isClear = isClearAfter(event) ?? wasClear;
    if (wasClear !== isClear) return [isClear ? 'closed' : 'opened'];
    return CHANGES.has(event.change) && !isClear ? ['changed'] : [];
  });
};

/** @returns undefined where it says nothing of it */
const isClearAfter = ({ change, alert }: StoredEvent): boolean | undefined => {
  if (change === 'resolved') return true;
  if (change === 'held') return alert.flapping?.clear;
  return change === 'fired' || change === 'reopened' || change === 'flapping' || CHANGES.has(change)
    ? false
    : undefined;
};

const CHANGES: ReadonlySet<StoredEvent['change']> = new Set<StoredEvent['change']>(['raised', 'lowered']);

/** Judged by the server itself. */
const OF_SERVER = 'device.offline';

/** What each record must have come to, and nothing else. */
const effectProblems = (expected: ReadonlyMap<string, readonly Effect[]>, { events }: Stored): readonly string[] => {
  const found = Map.groupBy(
    events.filter(({ alert }) => alert.rule !== OF_SERVER),
    ({ alert }) => keyOf(alert),
  );
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((key) => {
    const should = (expected.get(key) ?? []).join(' ');
    const is = effectsOf(found.get(key) ?? []).join(' ');
    return should === is ? [] : [`${key} should have been ${should || 'nothing'}, and was ${is || 'nothing'}`];
  });
};

const ticketProblems = ({ tickets, alerts }: Stored, alwaysTicketed: string) => {
  const ofKey = Map.groupBy(tickets, ({ key }) => key);
  const doubled = [...ofKey].flatMap(([key, all]) =>
    all.slice(1).flatMap((ticket, index) => {
      const resolvedMs = all[index]?.resolved_ms;
      return typeof resolvedMs === 'number' && resolvedMs <= ticket.created_ms
        ? []
        : [`two tickets stood open: ${key}`];
    }),
  );
  const born = new Set(alerts.map(({ ticket }) => ticket));
  const missing = [
    ...alerts
      .filter(({ rule, ticket }) => rule === alwaysTicketed && ticket === null)
      .map(({ instance }) => `${instance} has no ticket`),
    ...tickets.filter(({ id }) => !born.has(id)).map(({ key }) => `a ticket without an alert: ${key}`),
  ];
  return { doubled, missing };
};

const compareBatches = (lanes: readonly Lane[], { batches: stored }: Stored) => {
  const issued = lanes.flatMap(({ epoch, last }) =>
    [...epoch.batches.values()].map((batch) => ({ batch, isDurable: batch.seq <= last })),
  );
  const known = new Set(issued.map(({ batch }) => idOf(batch)));
  const durable = new Set(issued.filter(({ isDurable }) => isDurable).map(({ batch }) => idOf(batch)));
  const here = stored.map(idOf);
  const missing = [...durable.difference(new Set(here))];
  const strange = here.filter((id) => !known.has(id));
  const doubled = here.length - new Set(here).size;
  return {
    figures: {
      metric_batches_issued: known.size,
      metric_batches_acked: durable.size,
      metric_batches_stored: here.length,
      metric_batches_lost_after_ack: missing.length,
      metric_batches_doubled: doubled,
      metric_batches_lost_in_kills: known.size - new Set(here).size,
    },
    problems: [
      ...(missing.length > 0 ? [`${missing.length} acknowledged batches are not there: ${missing[0]}`] : []),
      ...(strange.length > 0 ? [`${strange.length} batches nobody sent: ${strange[0]}`] : []),
      ...(doubled > 0 ? [`${doubled} batches are stored twice`] : []),
    ],
  };
};

const idOf = ({ t0Ms, blockHash }: Pick<SentBatch, 't0Ms' | 'blockHash'>): string => `${t0Ms} ${blockHash}`;

/** All that was sent in the newest epoch of each lane is acknowledged. */
export const isQuiet = ({ alerts, metrics }: Pick<Seen, 'alerts' | 'metrics'>): boolean =>
  [alerts, metrics].every((lane) => {
    const newest = [...lane.values()].at(-1);
    return newest !== undefined && newest.acked >= lastOf(newest);
  });
