// Does this alert deserve a ticket, and when?
import type { TicketPolicy } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';

import type { Alert } from '../alert/alert.ts';

export type Wanted =
  | { readonly at: 'now' }
  | { readonly at: 'later'; readonly afterMs: number }
  | { readonly at: 'never' };

type Judged = Pick<Alert, 'severity' | 'evidence'> & {
  /** How long what it is about will last, where that is known. */
  readonly outlook?: { readonly metric: string; readonly leftMs: number } | undefined;
};

export const wantsTicket = (policy: TicketPolicy, deviceClass: DeviceClass, alert: Judged): Wanted => {
  if (policy.atOnce.includes(deviceClass) || policy.when?.some((condition) => holds(condition, alert))) {
    return { at: 'now' };
  }
  return policy.afterMs === undefined ? { at: 'never' } : { at: 'later', afterMs: policy.afterMs };
};

type Condition = NonNullable<TicketPolicy['when']>[number];

/** By the readings that the transition was judged on, and by the forecast; what is not there makes nothing true. */
const holds = (condition: Condition, { severity, evidence, outlook }: Judged): boolean => {
  if ('severity' in condition) return severity === condition.severity;
  if (!('below' in condition))
    return outlook?.metric === condition.metric && outlook.leftMs <= condition.exhaustedWithinMs;
  return evidence.some(({ metric, value }) => metric === condition.metric && value < condition.below);
};
