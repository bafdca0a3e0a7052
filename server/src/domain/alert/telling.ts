// Are people told of a change of an alert, does it make work, and when is it looked at again?
//
//   fires, comes back, rises ──nothing hushes it──▶ told, and a ticket as its policy has it
//   … ──hushed──▶ shown only; when the hush ends and it still stands, it is as if it fired then
//   over ──people had heard of it──▶ told when it has stayed clear; what comes back before that is no news
//   over ──people had not──▶ not told
import type { AlertChange } from '@fettle/shared/api/alert.schema';

import type { TimerChange } from '../ticket/ticket.ts';
import type { Alert, AlertStep } from './alert.ts';
import { type HushFacts, hushOf } from './hush.ts';

export type Telling = {
  readonly alert: Alert;
  /** What the outbox calls it; absent: it gets no row. */
  readonly notice?: 'fired' | 'reopened' | 'raised' | 'resolved';
  /** Does the ticket hear of it? */
  readonly isWork: boolean;
  readonly timers: readonly TimerChange[];
};

export const tellingOf = ({ alert, change }: AlertStep, facts: HushFacts): Telling => {
  switch (change) {
    case 'resolved':
      return ended(alert, facts);
    case 'confirmed':
      return { alert: { ...alert, heard: 'resolved' }, notice: 'resolved', isWork: false, timers: [] };
    case 'snoozed':
    case 'muted':
      return { alert, isWork: false, timers: [drop('open ticket', alert), ...lookAt(alert)] };
    case 'held':
      return { alert, isWork: false, timers: quiet(alert, facts) };
    case 'acked':
    case 'assigned':
    case 'lowered':
      return { alert, isWork: alert.hush === null || facts.hasOpenTicket, timers: [] };
    default:
      return asking(alert, change, facts);
  }
};

/** A change that asks for somebody. What comes and goes while people work there does not flap. */
const asking = (alert: Alert, change: AlertChange, facts: HushFacts): Telling => {
  const hush = hushOf(alert, change, facts) ?? null;
  const hushed = { ...alert, hush, firesMs: hush?.why === 'maintenance' ? [] : alert.firesMs };
  const timers = [drop('tell resolved', alert), ...lookAt(hushed), ...quiet(alert, facts)];
  if (hush) return { alert: hushed, isWork: facts.hasOpenTicket, timers };
  const told: Alert = { ...hushed, heard: 'fired' };
  if (alert.heard === 'fired' && !TOLD_ANYHOW.has(change)) return { alert: told, isWork: true, timers };
  return { alert: told, notice: NOTICES[change] ?? 'fired', isWork: true, timers };
};

/** Also to people who know that it stands open. */
const TOLD_ANYHOW: ReadonlySet<AlertChange> = new Set<AlertChange>(['raised', 'woken', 'settled']);
const NOTICES: { readonly [C in AlertChange]?: 'reopened' | 'raised' } = { reopened: 'reopened', raised: 'raised' };

const ended = (alert: Alert, { nowMs, times }: HushFacts): Telling => {
  const over = [drop('look at alert', alert), drop('end flapping', alert)];
  const confirm = { kind: 'tell resolved', subject: alert.id, dueMs: nowMs + times.settleMs } as const;
  return { alert: { ...alert, hush: null }, isWork: true, timers: alert.heard === 'fired' ? [...over, confirm] : over };
};

const drop = (kind: 'look at alert' | 'tell resolved' | 'end flapping' | 'open ticket', { id }: Alert) =>
  ({ drop: kind, subject: id }) as const;

const lookAt = ({ id, hush }: Alert): readonly TimerChange[] => {
  if (!hush) return [{ drop: 'look at alert', subject: id }];
  return hush.untilMs === null ? [] : [{ kind: 'look at alert', subject: id, dueMs: hush.untilMs }];
};

/** Each change of what flaps begins its quiet time anew. */
const quiet = ({ id, flapping }: Alert, { nowMs, times }: HushFacts): readonly TimerChange[] =>
  flapping ? [{ kind: 'end flapping', subject: id, dueMs: nowMs + times.quietMs }] : [];
