// Is a device there? By the server's clock, from the last sign of life and how the agent said goodbye.
import type { Presence } from '@fettle/shared/api/device.schema';
import type { AbsenceRule } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

import type { Times } from '../times.ts';

export type PresenceFacts = {
  readonly class: DeviceClass;
  /** Somebody says that it is never off, whatever it is. */
  readonly isAlwaysOn: boolean;
  /** Its reboots may take long: updates are installed in them. */
  readonly isSlowToBoot: boolean;
  readonly isConnected: boolean;
  readonly lastSeenMs: number;
  readonly goodbye: ByeReason | null;
  readonly presence: Presence;
  readonly presenceSinceMs: number;
  /** Its silence is an alert already. */
  readonly isAlerting: boolean;
};

export type PresenceContext = {
  readonly nowMs: number;
  readonly times: Times;
  readonly rule: AbsenceRule | undefined;
  /** The rule is switched off: it says who is away, and alerts of nobody. */
  readonly isOff: boolean;
  /** When this server started: before that nobody could be heard. */
  readonly startedMs: number;
  /** It may be this server whom nobody reaches: silence proves nothing. */
  readonly isSuspected: boolean;
  /** Until then nobody could be heard: a goodbye of that time is lost. */
  readonly deafUntilMs: number;
};

export type PresenceStep = { readonly presence: Presence; readonly isAlerting: boolean };

/** @returns undefined when nothing changes */
export const stepPresence = (facts: PresenceFacts, context: PresenceContext): PresenceStep | undefined => {
  if (isHeld(facts, context)) return undefined;
  const presence = presenceOf(facts, context);
  const isAlerting = alerts(presence, facts, context);
  return presence === facts.presence && isAlerting === facts.isAlerting ? undefined : { presence, isAlerting };
};

/** After a start everybody is away at first: who has not been heard since is given time to come back. */
const isHeld = (facts: PresenceFacts, { nowMs, times, startedMs, isSuspected }: PresenceContext): boolean => {
  if (facts.isConnected) return false;
  if (isSuspected && facts.goodbye === null && facts.presence === 'online') return true;
  return facts.lastSeenMs < startedMs && nowMs - startedMs < times.startHoldMs;
};

const presenceOf = (facts: PresenceFacts, context: PresenceContext): Presence => {
  if (facts.isConnected) return 'online';
  const presence = silentAs(facts, context);
  return MAY_BE_LATE.has(presence) && isOverdue(facts, context) ? 'overdue' : presence;
};

/** Where it may well be, for a while. */
const MAY_BE_LATE: ReadonlySet<Presence> = new Set<Presence>(['away', 'asleep', 'off', 'overdue']);

const isOverdue = (facts: PresenceFacts, { nowMs, times, rule }: PresenceContext): boolean =>
  (facts.class === 'desktop' || facts.class === 'laptop') &&
  !isAlwaysOn(facts, rule) &&
  nowMs - facts.lastSeenMs >= times.overdueMs;

const silentAs = (facts: PresenceFacts, context: PresenceContext): Presence => {
  const { nowMs, times, rule } = context;
  const silentMs = nowMs - facts.lastSeenMs;
  const bootMs = facts.isSlowToBoot ? times.longRebootMs : times.rebootMs;
  const gone = isAlwaysOn(facts, rule) && !mayBeClosed(facts, context) ? 'offline' : 'away';
  if (facts.goodbye !== null) return afterGoodbye(facts.goodbye, silentMs < bootMs, gone);
  const offlineMs = rule?.levels[0]?.forMs ?? Number.POSITIVE_INFINITY;
  // never here since it enrolled: nothing has gone that was here
  return silentMs < offlineMs || facts.presence === 'away' ? facts.presence : gone;
};

/** A shop may have closed while nobody heard it. What is never off is offline all the same. */
const mayBeClosed = (facts: PresenceFacts, { startedMs, deafUntilMs }: PresenceContext): boolean =>
  facts.class === 'kiosk' && !facts.isAlwaysOn && facts.lastSeenMs < Math.max(startedMs, deafUntilMs);

const isAlwaysOn = (facts: PresenceFacts, rule: AbsenceRule | undefined): boolean =>
  facts.isAlwaysOn || (rule?.scope.classes?.includes(facts.class) ?? false);

/** @param isSoon it could not be back yet; @param gone what it is when it should be */
const afterGoodbye = (goodbye: ByeReason, isSoon: boolean, gone: 'offline' | 'away'): Presence => {
  switch (goodbye) {
    case 'stop':
      return 'stopped';
    case 'suspend':
      return 'asleep';
    case 'shutdown':
      return 'off';
    case 'reboot':
      return isSoon ? 'rebooting' : gone;
    case 'update':
      return isSoon ? 'updating' : gone;
    case 'uninstall':
      return 'retiring';
  }
};

const alerts = (presence: Presence, facts: PresenceFacts, { nowMs, times, rule, isOff }: PresenceContext): boolean => {
  if (isOff || !isAlwaysOn(facts, rule)) return false;
  switch (presence) {
    case 'offline':
      return true;
    case 'off':
      return facts.class === 'server' || facts.isAlwaysOn; // others are switched off by those who use them
    case 'stopped':
      return nowMs - facts.lastSeenMs >= times.stoppedMs;
    case 'online':
      return facts.isAlerting && isNotBelieved(facts, nowMs, rule);
    default:
      return false;
  }
};

/** Back, but not for long enough, or silent again already. Since a time to come: the clock was set, and it may be long. */
const isNotBelieved = (facts: PresenceFacts, nowMs: number, rule: AbsenceRule | undefined): boolean => {
  const sinceMs = facts.presence === 'online' ? facts.presenceSinceMs : nowMs;
  const isFresh = sinceMs <= nowMs && nowMs - sinceMs < (rule?.keepMs ?? 0);
  return !facts.isConnected || isFresh;
};
