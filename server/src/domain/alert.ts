// What follows for an alert when the agent tells of a change. One row per problem while it is open, and a day beyond.
import { type Evidence, type ProcessUse, type Severity, type Transition, alertKey } from '@fettle/shared/alert/alert';
import type { AlertState } from '@fettle/shared/api/alert.schema';

import type { Device } from './device.ts';

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
};

export type AlertChange = 'fired' | 'raised' | 'lowered' | 'resolved' | 'reopened' | 'acked';

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
  readonly reopenMs: number;
  readonly newId: (letter: string) => string;
};

/**
 * @param last the newest alert of the key, open or not
 * @returns undefined when nothing changes: told twice, or resolved what was not open
 */
export const stepAlert = (last: Alert | undefined, told: Transition, context: AlertContext): AlertStep | undefined => {
  const open = last && last.state !== 'resolved' ? last : undefined;
  if (told.change === 'resolve') return open && resolve(open, told, context);
  if (open) return adjust(open, told, context);
  // a raise or lower of what is not open here: its fire was lost, the problem is there all the same
  return last && isRecent(last, context) ? reopen(last, told, context) : fire(told, context);
};

const isRecent = ({ resolvedMs }: Alert, { nowMs, reopenMs }: AlertContext): boolean =>
  resolvedMs !== null && nowMs - resolvedMs <= reopenMs;

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
  };
  return { alert, change: 'fired' };
};

const reopen = (last: Alert, told: Transition, { nowMs }: AlertContext): AlertStep => ({
  alert: {
    ...last,
    ...seen(told, nowMs),
    state: 'open',
    resolvedMs: null,
    occurrences: last.occurrences + 1,
    ackedBy: null,
  },
  change: 'reopened',
});

const adjust = (open: Alert, told: Transition, { nowMs }: AlertContext): AlertStep | undefined => {
  if (told.severity === open.severity) return undefined;
  const alert: Alert = { ...open, ...seen(told, nowMs), sinceMs: open.sinceMs };
  if (told.severity === 'critical') return { alert: { ...alert, state: 'open', ackedBy: null }, change: 'raised' };
  return { alert: { ...alert, processes: open.processes }, change: 'lowered' };
};

const resolve = (open: Alert, { reason }: Transition, { nowMs }: AlertContext): AlertStep => ({
  alert: { ...open, state: 'resolved', updatedMs: nowMs, resolvedMs: nowMs, reason },
  change: 'resolved',
});

/** A person has seen it: it stays, and stops asking. */
export const ackAlert = (alert: Alert, by: string, nowMs: number): AlertStep | undefined =>
  alert.state === 'open'
    ? { alert: { ...alert, state: 'acked', ackedBy: by, updatedMs: nowMs }, change: 'acked' }
    : undefined;

const seen = ({ severity, since, reason, evidence, processes = [], ruleHash }: Transition, nowMs: number) => ({
  severity,
  sinceMs: since,
  updatedMs: nowMs,
  reason,
  evidence,
  processes,
  ruleHash,
});
