// One look at a target, whatever its kind, as a line: passed, failed, or why it could not be tried.
import { CHECK_NAME, checkName } from '@fettle/shared/metric/check-name';
import type { Clock } from '@fettle/shared/time';
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { CheckHost, Spent } from '../../host/host.ts';
import { DETAIL_MAX_BYTES, reasonOf } from '../collector.ts';
import type { CheckLine } from './check-line.schema.ts';
import type { Check } from './check.ts';
import type { Finding, Value } from './finding.ts';
import { lookByHttp } from './http.ts';
import { lookByIcmp } from './icmp.ts';
import { type OctetMeter, createOctetMeter } from './octets.ts';
import { lookBySnmp } from './snmp.ts';
import { lookByTcp } from './tcp.ts';

const SAMPLES_MAX = 2_000;
const FACTS_MAX = 20;
/** What these say is about this machine and not about the target. */
const OURS: ReadonlySet<Reason['code']> = new Set(['permission', 'tool_missing', 'policy_blocked']);

export type Look = (check: Check) => Promise<CheckLine>;

export const createLook = (host: CheckHost, clock: Clock): Look => {
  const meters = new Map<number, OctetMeter>();
  let told = host.spent();
  return async (check) => {
    const meter = meters.get(check.index) ?? createOctetMeter();
    meters.set(check.index, meter);
    const outcome = await find(check, { host, clock, meter });
    // since the line before: looks overlap, and nothing is to be counted twice
    const now = host.spent();
    const cost = costSince(told, now);
    told = now;
    return { check: check.index, ...outcome, cost };
  };
};

type Tools = { readonly host: CheckHost; readonly clock: Clock; readonly meter: OctetMeter };

const find = async (check: Check, tools: Tools): Promise<Omit<CheckLine, 'check' | 'cost'>> => {
  try {
    return lineOf(check, await lookBy(check, tools));
  } catch (error) {
    const reason = reasonOf(error);
    if (OURS.has(reason.code)) return { verdict: 'unknown', reason, samples: [], facts: [] };
    const lost = check.kind.is === 'icmp' ? [{ metric: 'fettle.check.loss', value: 1 } as const] : [];
    return lineOf(check, { passed: false, why: reason.detail, values: lost, facts: [] });
  }
};

const lookBy = ({ kind, timeoutMs }: Check, { host, clock, meter }: Tools): Promise<Finding> => {
  switch (kind.is) {
    case 'icmp':
      return lookByIcmp(host, kind.host, timeoutMs);
    case 'tcp':
      return lookByTcp(host, kind, { clock, timeoutMs });
    case 'http':
      return lookByHttp(host, kind, { timeoutMs, wallMs: clock.wallMs() });
    case 'snmp':
      return lookBySnmp(host, kind.declared, { clock, timeoutMs, meter });
  }
};

const lineOf = (check: Check, { passed, why, values, facts }: Finding): Omit<CheckLine, 'check' | 'cost'> => ({
  verdict: passed ? 'passed' : 'failed',
  ...(why !== undefined && { reason: { code: 'service_broken', detail: cleanText(why, DETAIL_MAX_BYTES) } }),
  samples: [{ metric: 'fettle.check.state', value: passed ? 1 : 0 } as const, ...values]
    .slice(0, SAMPLES_MAX)
    .map((value) => ({ metric: value.metric, attributes: attributesOf(check, value), value: value.value })),
  facts: facts
    .slice(0, FACTS_MAX)
    .map(({ label, value }) => ({ label: cleanText(label, 100), value: cleanText(value, 300) })),
});

const attributesOf = ({ target, what }: Check, { part, direction }: Value): Record<string, string> => ({
  [CHECK_NAME]: checkName(target, part === undefined ? what : `${what}/${part}`),
  ...(direction && { 'network.io.direction': direction }),
});

const costSince = (before: Spent, after: Spent): Spent => ({
  cpuMs: Math.max(0, after.cpuMs - before.cpuMs),
  children: after.children - before.children,
  bytes: after.bytes - before.bytes,
});
