// Why people are not told of an alert that stands open, and until when. The alert is kept, shown and judged all the same.
import type { AlertChange } from '@fettle/shared/api/alert.schema';
import { DAY_MS } from '@fettle/shared/time';

import type { Device } from '../device.ts';
import type { Times } from '../times.ts';
import type { Alert, Hush } from './alert.ts';

export type HushFacts = {
  readonly device: Device;
  /** The problem is not to be heard of until then. */
  readonly mute: { readonly by: string; readonly untilMs: number } | undefined;
  /** An open alert that says more of the same. */
  readonly parent: Alert | undefined;
  /** `untilMs` with the time in which things settle after it. */
  readonly window: { readonly id: string; readonly untilMs: number } | undefined;
  /** Others of the site may follow within a moment, and then it is the site's. */
  readonly mayBeOutage: boolean;
  /** People work on it already. */
  readonly hasOpenTicket: boolean;
  readonly nowMs: number;
  readonly times: Times;
};

/** @returns undefined when nothing keeps people from being told */
export const hushOf = (alert: Alert, change: AlertChange, facts: HushFacts): Hush | undefined =>
  byPeople(alert, change, facts) ?? byOthers(alert, facts) ?? byAge(alert, change, facts);

/** They have said so. Snoozed it is until it gets worse. */
const byPeople = ({ hush }: Alert, change: AlertChange, { mute, nowMs }: HushFacts): Hush | undefined => {
  if (mute && mute.untilMs > nowMs) return { why: 'muted', by: mute.by, untilMs: mute.untilMs };
  const isSnoozed = hush?.why === 'snoozed' && (hush.untilMs ?? 0) > nowMs && change !== 'raised';
  return isSnoozed ? hush : undefined;
};

/** Another alert says more of the same, or somebody works there. */
const byOthers = ({ rule }: Alert, { parent, window }: HushFacts): Hush | undefined => {
  if (parent) return { why: 'parent', by: parent.id, untilMs: null };
  return window && !pierces(rule) ? { why: 'maintenance', by: window.id, untilMs: window.untilMs } : undefined;
};

/** It is too young to tell what it is part of, or older than what we know of the device. */
const byAge = (alert: Alert, change: AlertChange, facts: HushFacts): Hush | undefined => {
  const { mayBeOutage, nowMs, times } = facts;
  if (mayBeOutage && change === 'fired') return { why: 'settling', by: null, untilMs: nowMs + times.outageMs };
  if (alert.hush?.why === 'preexisting' && change !== 'raised') return alert.hush;
  return isPreexisting(alert, facts) ? { why: 'preexisting', by: null, untilMs: null } : undefined;
};

/** Security waits for no window. */
const PIERCING = /^(?:protection|admin)\./;

const pierces = (rule: string): boolean => PIERCING.test(rule);

/** Readings of a day belong to the first look, too: some things are looked at once a day. */
const FIRST_LOOK_MS = DAY_MS + DAY_MS / 12;

/**
 * It was so already when the device came, within its first days. From then on it is known: it stands in the posture until it gets worse, or ends
 * and comes again. Tickets for all of it when the days are over would be the flood that the days were to spare.
 */
const isPreexisting = (alert: Alert, { device, nowMs, times }: HushFacts): boolean =>
  alert.isFirst &&
  !MOMENTARY.has(alert.rule) &&
  nowMs < device.enrolledMs + times.baselineMs &&
  alert.sinceMs < device.enrolledMs + FIRST_LOOK_MS &&
  !isUrgent(alert, device);

/** Comes and goes by itself: that it was so at the first look says nothing of before. */
const MOMENTARY: ReadonlySet<string> = new Set(['cpu.sustained', 'memory.pressure', 'temperature.high', 'time.skew']);

/** What cannot wait a week, known or not. */
const ALWAYS_URGENT: ReadonlySet<string> = new Set([
  'smart.failed',
  'raid.degraded',
  'backup.failed',
  'backup.failed.server',
  'protection.antivirus.server',
]);

const isUrgent = ({ rule, severity }: Alert, { class: deviceClass }: Device): boolean =>
  ALWAYS_URGENT.has(rule) ||
  (rule === 'disk.space' && severity === 'critical') ||
  (rule === 'protection.antivirus' && deviceClass === 'server');
