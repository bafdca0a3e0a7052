// Is a device there? By the server's clock, from the last sign of life and how the agent said goodbye.
import type { Presence } from '@fettle/shared/api/device.schema';
import type { AbsenceRule } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

import type { Times } from './times.ts';

export type PresenceFacts = {
  readonly class: DeviceClass;
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
  /** When this server started: before that nobody could be heard. */
  readonly startedMs: number;
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
const isHeld = ({ isConnected, lastSeenMs }: PresenceFacts, { nowMs, times, startedMs }: PresenceContext): boolean =>
  !isConnected && lastSeenMs < startedMs && nowMs - startedMs < times.startHoldMs;

const presenceOf = (facts: PresenceFacts, { nowMs, times, rule }: PresenceContext): Presence => {
  if (facts.isConnected) return 'online';
  const silentMs = nowMs - facts.lastSeenMs;
  const gone = isAlwaysOn(facts, rule) ? 'offline' : 'away';
  if (facts.goodbye !== null) return afterGoodbye(facts.goodbye, silentMs < times.rebootMs, gone);
  const offlineMs = rule?.levels[0]?.forMs ?? Number.POSITIVE_INFINITY;
  return silentMs < offlineMs ? facts.presence : gone;
};

const isAlwaysOn = (facts: PresenceFacts, rule: AbsenceRule | undefined): boolean =>
  rule?.scope.classes?.includes(facts.class) ?? false;

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

const alerts = (presence: Presence, facts: PresenceFacts, { nowMs, times, rule }: PresenceContext): boolean => {
  if (!isAlwaysOn(facts, rule)) return false;
  switch (presence) {
    case 'offline':
    case 'off':
      return true;
    case 'stopped':
      return nowMs - facts.lastSeenMs >= times.stoppedMs;
    case 'online': {
      // back, but not long enough to be believed, or silent again already. Since a time to come: the clock was set, and it may be long
      const sinceMs = facts.presence === 'online' ? facts.presenceSinceMs : nowMs;
      const isFresh = sinceMs <= nowMs && nowMs - sinceMs < (rule?.keepMs ?? 0);
      return facts.isAlerting && (!facts.isConnected || isFresh);
    }
    default:
      return false;
  }
};
