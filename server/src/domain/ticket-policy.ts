// Does this alert deserve a ticket, and when?
import type { TicketPolicy } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';

import type { Alert } from './alert.ts';

export type Wanted =
  | { readonly at: 'now' }
  | { readonly at: 'later'; readonly afterMs: number }
  | { readonly at: 'never' };

export const wantsTicket = (policy: TicketPolicy, deviceClass: DeviceClass, alert: Alert): Wanted => {
  if (policy.atOnce.includes(deviceClass) || policy.when?.some((condition) => holds(condition, alert))) {
    return { at: 'now' };
  }
  return policy.afterMs === undefined ? { at: 'never' } : { at: 'later', afterMs: policy.afterMs };
};

type Condition = NonNullable<TicketPolicy['when']>[number];

/** By the readings that the transition was judged on; a reading that is not there makes nothing true. */
const holds = (condition: Condition, { severity, evidence }: Alert): boolean => {
  if ('severity' in condition) return severity === condition.severity;
  if (!('below' in condition)) return false; // when it will be full is for the forecast to say
  return evidence.some(({ metric, value }) => metric === condition.metric && value < condition.below);
};
