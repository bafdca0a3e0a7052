// What goes into one message, and when: what belongs together waits a little, and comes at most so often.
import type { Severity } from '@fettle/shared/alert/alert';

import type { Times } from '../times.ts';
import type { Subject } from './subject.ts';
import { isOfPromise } from './verdict.ts';

type Where = Pick<Subject, 'tenant' | 'site' | 'rule'>;

/**
 * One channel's messages about one rule at one site of one tenant. What is promised to a tenant is a matter of its own: when many
 * tickets run out of time, whoever is told wants to hear it once, whatever they are about.
 */
export const topicOf = (channel: string, { tenant, site, rule }: Where, kind: string): string =>
  JSON.stringify(isOfPromise(kind) ? [channel, tenant, '', 'sla'] : [channel, tenant, site, rule]);

/** What all of them have in common, "" where they differ. */
export const commonOf = (items: readonly Where[]): Where => {
  const common = (of: (item: Where) => string): string => {
    const [first = '', ...others] = new Set(items.map(of));
    return others.length === 0 ? first : '';
  };
  return { tenant: common(({ tenant }) => tenant), site: common(({ site }) => site), rule: common(({ rule }) => rule) };
};

export type GroupTimes = Pick<Times, 'noticeWaitMs' | 'noticeIntervalMs'>;

/** @param atMs when it happened; @param lastMs when the group's last message was sent or given up; null: there was none */
export const dueAt = (atMs: number, lastMs: number | null, times: GroupTimes): number =>
  Math.max(atMs + times.noticeWaitMs, (lastMs ?? Number.NEGATIVE_INFINITY) + times.noticeIntervalMs);

/** How long after it was told it is told again, until a person knows. Tickets have their SLA for that. */
export const repeatAfterMs = (
  { type }: Pick<Subject, 'type'>,
  severity: Severity,
  times: Pick<Times, 'repeatCriticalMs' | 'repeatWarningMs'>,
): number | null => {
  if (type === 'ticket') return null;
  return severity === 'critical' ? times.repeatCriticalMs : times.repeatWarningMs;
};
