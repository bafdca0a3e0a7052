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
};

export type PresenceStep = { readonly presence: Presence; readonly isAlerting: boolean };

/** @returns undefined when nothing changes */
export const stepPresence = (facts: PresenceFacts, context: PresenceContext): PresenceStep | undefined => {
  const presence = presenceOf(facts, context);
  const isAlerting = alerts(presence, facts, context);
  return presence === facts.presence && isAlerting === facts.isAlerting ? undefined : { presence, isAlerting };
};

const presenceOf = (facts: PresenceFacts, { nowMs, times, rule }: PresenceContext): Presence => {
  if (facts.isConnected) return 'online';
  const silentMs = nowMs - facts.lastSeenMs;
  const offlineMs = rule?.levels[0]?.forMs ?? Number.POSITIVE_INFINITY;
  if (facts.goodbye !== null) return afterGoodbye(facts.goodbye, silentMs, times);
  if (silentMs < offlineMs) return facts.presence;
  return rule?.scope.classes?.includes(facts.class) ? 'offline' : 'away';
};

const afterGoodbye = (goodbye: ByeReason, silentMs: number, times: Times): Presence => {
  switch (goodbye) {
    case 'stop':
      return 'stopped';
    case 'suspend':
      return 'asleep';
    case 'shutdown':
      return 'off';
    case 'reboot':
      return silentMs < times.rebootMs ? 'rebooting' : 'offline';
    case 'update':
      return silentMs < times.rebootMs ? 'updating' : 'offline';
    case 'uninstall':
      return 'retiring';
  }
};

const alerts = (presence: Presence, facts: PresenceFacts, { nowMs, times, rule }: PresenceContext): boolean => {
  if (!rule?.scope.classes?.includes(facts.class)) return false;
  switch (presence) {
    case 'offline':
    case 'off':
      return true;
    case 'stopped':
      return nowMs - facts.lastSeenMs >= times.stoppedMs;
    case 'online': {
      // back, but not long enough to be believed
      const sinceMs = facts.presence === 'online' ? facts.presenceSinceMs : nowMs;
      return facts.isAlerting && nowMs - sinceMs < (rule.keepMs ?? 0);
    }
    default:
      return false;
  }
};
