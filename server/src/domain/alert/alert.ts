// What follows for an alert when the agent tells of a change. One row per problem while it is open, and a day beyond.
import { type Evidence, type ProcessUse, type Severity, type Transition, alertKey } from '@fettle/shared/alert/alert';
import type { AlertChange, AlertState, HushReason } from '@fettle/shared/api/alert.schema';

import type { Device } from '../device.ts';
import type { Times } from '../times.ts';
import { type Flapping, isTooOften, recentFires } from './flapping.ts';

/** What keeps people from being told of it. */
export type Hush = {
  readonly why: HushReason;
  /** Who or what: a person's name, the id of an alert or of a maintenance window. */
  readonly by: string | null;
  /** Then it is judged again; null: when that alert is over. */
  readonly untilMs: number | null;
};

export type Alert = {
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly device: string;
  readonly rule: string;
  readonly instance: string;
  readonly key: string;
  readonly state: AlertState;
  readonly severity: Severity;
  /** When the episode fired, by the device's clock. */
  readonly sinceMs: number;
  readonly updatedMs: number;
  readonly resolvedMs: number | null;
  readonly reason: string;
  readonly occurrences: number;
  readonly evidence: readonly Evidence[];
  /** What used most when it last fired or was raised; empty where the rule is about something else. */
  readonly processes: readonly ProcessUse[];
  readonly ruleHash: string;
  readonly ticket: string | null;
  readonly ackedBy: string | null;
  readonly assignee: string | null;
  /** What people were last told of it. */
  readonly heard: 'nothing' | 'fired' | 'resolved';
  readonly hush: Hush | null;
  /** It was so when the agent first looked. */
  readonly isFirst: boolean;
  /** When it fired of late, by the device's clock; the last few. */
  readonly firesMs: readonly number[];
  readonly flapping: Flapping | null;
};

export type AlertStep = { readonly alert: Alert; readonly change: AlertChange };

/** What ends an alert that nobody told us the end of. */
export const resolutionOf = (alert: Alert, at: number, reason: Transition['reason']): Transition => ({
  change: 'resolve',
  rule: alert.rule,
  ruleHash: alert.ruleHash,
  instance: alert.instance,
  severity: alert.severity,
  at,
  since: alert.sinceMs,
  reason,
  evidence: [],
});

export type AlertContext = {
  readonly device: Pick<Device, 'id' | 'tenant' | 'site'>;
  readonly nowMs: number;
  readonly times: Times;
  readonly newId: (letter: string) => string;
};

/**
 * @param last the newest alert of the key, open or not
 * @returns undefined when nothing changes: told twice, or resolved what was not open
 */
export const stepAlert = (last: Alert | undefined, told: Transition, context: AlertContext): AlertStep | undefined => {
  const open = last && last.state !== 'resolved' ? last : undefined;
  if (open?.flapping) return hold(open, open.flapping, told, context);
  if (told.change === 'resolve') return open && resolve(open, told, context);
  if (open) return adjust(open, told, context);
  // a raise or lower of what is not open here: its fire was lost, the problem is there all the same
  return last && isRecent(last, context) ? reopen(last, told, context) : fire(told, context);
};

const isRecent = ({ resolvedMs }: Alert, { nowMs, times }: AlertContext): boolean =>
  resolvedMs !== null && nowMs - resolvedMs <= times.alertReopenMs;

const fire = (told: Transition, { device, nowMs, newId }: AlertContext): AlertStep => {
  const identity = { tenant: device.tenant, device: device.id, rule: told.rule, instance: told.instance };
  const alert: Alert = {
    id: newId('a'),
    ...identity,
    site: device.site,
    key: alertKey(identity),
    state: 'open',
    ...seen(told, nowMs),
    resolvedMs: null,
    occurrences: 1,
    ticket: null,
    ackedBy: null,
    assignee: null,
    heard: 'nothing',
    hush: null,
    isFirst: told.first ?? false,
    firesMs: [told.at],
    flapping: null,
  };
  return { alert, change: 'fired' };
};

const reopen = (last: Alert, told: Transition, context: AlertContext): AlertStep =>
  asked(
    {
      ...last,
      ...seen(told, context.nowMs),
      resolvedMs: null,
      occurrences: last.occurrences + 1,
      isFirst: false,
      hush: null,
    },
    'reopened',
    told.at,
    context,
  );

const adjust = (open: Alert, told: Transition, context: AlertContext): AlertStep | undefined => {
  if (told.severity === open.severity) return undefined;
  const alert: Alert = { ...open, ...seen(told, context.nowMs), sinceMs: open.sinceMs };
  if (told.severity === 'critical') return asked(alert, 'raised', told.at, context);
  return { alert: { ...alert, processes: open.processes }, change: 'lowered' };
};

/** It wants somebody again: who had seen it had seen less. Once too often, and it flaps. */
const asked = (
  alert: Alert,
  change: 'reopened' | 'raised',
  atMs: number,
  { nowMs, times }: AlertContext,
): AlertStep => {
  const firesMs = recentFires(alert.firesMs, atMs, times);
  const open: Alert = { ...alert, state: 'open', ackedBy: null, firesMs };
  return isTooOften(firesMs)
    ? { alert: { ...open, flapping: { sinceMs: nowMs, isClear: false } }, change: 'flapping' }
    : { alert: open, change };
};

/** What flaps stands open, whatever it does; at the worst that it was. */
const hold = (open: Alert, flapping: Flapping, told: Transition, { nowMs }: AlertContext): AlertStep | undefined => {
  const isClear = told.change === 'resolve';
  const severity = told.severity === 'critical' ? 'critical' : open.severity;
  if (isClear === flapping.isClear && severity === open.severity) return undefined;
  const now = isClear
    ? { updatedMs: nowMs, reason: told.reason }
    : { ...seen(told, nowMs), severity, sinceMs: open.sinceMs, occurrences: open.occurrences + 1 };
  const held: Alert = { ...open, ...now, flapping: { ...flapping, isClear } };
  // worse than it ever was: that is news once
  if (severity !== open.severity) return { alert: { ...held, state: 'open', ackedBy: null }, change: 'raised' };
  return { alert: held, change: 'held' };
};

/** It was quiet for long enough: it is what it is now. */
export const settle = (alert: Alert, nowMs: number): AlertStep | undefined => {
  if (!alert.flapping || alert.state === 'resolved') return undefined;
  const calm: Alert = { ...alert, flapping: null, firesMs: [], updatedMs: nowMs };
  return alert.flapping.isClear
    ? { alert: { ...calm, state: 'resolved', resolvedMs: nowMs }, change: 'resolved' }
    : { alert: calm, change: 'settled' };
};

/** What kept people from being told has ended. */
export const wake = (alert: Alert): AlertStep | undefined => {
  if (!alert.hush || alert.state === 'resolved') return undefined;
  if (alert.state === 'open') return { alert, change: 'woken' };
  // who has seen it has seen it; who wanted it back gets it back
  return alert.hush.why === 'snoozed'
    ? { alert: { ...alert, state: 'open', ackedBy: null }, change: 'woken' }
    : undefined;
};

/** People had heard that it fired, and it is over. */
export const confirm = (alert: Alert): AlertStep | undefined =>
  alert.state === 'resolved' && alert.heard === 'fired' ? { alert, change: 'confirmed' } : undefined;

const resolve = (open: Alert, { reason }: Transition, { nowMs }: AlertContext): AlertStep => ({
  alert: { ...open, state: 'resolved', updatedMs: nowMs, resolvedMs: nowMs, reason, flapping: null },
  change: 'resolved',
});

/** A person has seen it: it stays, and stops asking. */
export const ackAlert = (alert: Alert, by: string, nowMs: number): AlertStep | undefined =>
  alert.state === 'open'
    ? { alert: { ...alert, state: 'acked', ackedBy: by, updatedMs: nowMs }, change: 'acked' }
    : undefined;

/** Called done while it still stands: it asks again in a day, unless it is over by then. */
export const laterAlert = (
  alert: Alert,
  by: string,
  { nowMs, times }: Pick<AlertContext, 'nowMs' | 'times'>,
): AlertStep | undefined =>
  alert.state === 'resolved'
    ? undefined
    : snoozeAlert({ ...alert, state: 'acked', ackedBy: alert.ackedBy ?? by }, by, nowMs + times.alertReopenMs, nowMs);

/** It is to ask again then, or when it gets worse. */
export const snoozeAlert = (alert: Alert, by: string, untilMs: number, nowMs: number): AlertStep | undefined =>
  alert.state === 'resolved'
    ? undefined
    : { alert: { ...alert, hush: { why: 'snoozed', by, untilMs }, updatedMs: nowMs }, change: 'snoozed' };

/** It has heard of the mute of its problem. */
export const muteAlert = (alert: Alert, by: string, untilMs: number, nowMs: number): AlertStep | undefined =>
  alert.state === 'resolved'
    ? undefined
    : { alert: { ...alert, hush: { why: 'muted', by, untilMs }, updatedMs: nowMs }, change: 'muted' };

export const assignAlert = (alert: Alert, assignee: string | null, nowMs: number): AlertStep | undefined =>
  alert.state === 'resolved' || alert.assignee === assignee
    ? undefined
    : { alert: { ...alert, assignee, updatedMs: nowMs }, change: 'assigned' };

const seen = ({ severity, since, reason, evidence, processes = [], ruleHash }: Transition, nowMs: number) => ({
  severity,
  sinceMs: since,
  updatedMs: nowMs,
  reason,
  evidence,
  processes,
  ruleHash,
});
