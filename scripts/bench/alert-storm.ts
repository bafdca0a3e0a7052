// A hundred thousand transitions of a fleet within one minute: each device fires four alerts and ends them, twice.
import type { AgentEvent } from '@fettle/server/domain/event';
import { ruleBookAt } from '@fettle/server/domain/rule-book';
import type { Rule } from '@fettle/shared/rule/rule';
import { MINUTE_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

type RecordEvent = AgentEvent & { readonly type: 'record' };

/** Two open a ticket at once on a desktop, two do not. */
const RULES = ['service.stopped', 'protection.firewall', 'disk.space', 'cpu.sustained'] as const;
const ROUNDS = 2;
export const TRANSITIONS_OF_DEVICE = RULES.length * ROUNDS * 2;
export const ALERTS_OF_DEVICE = RULES.length;
export const TICKETS_OF_DEVICE = 2;

const book = ruleBookAt({ divisor: 1 });

const ruleOf = (id: string): Rule => {
  const rule = book.byId.get(id);
  if (!rule) throw new Error(`the pack has no rule ${id}`);
  return rule;
};

/** The lane of one device, in its order. @param startMs of the minute, by the wall clock */
export const laneOf = (device: string, startMs: number): readonly RecordEvent[] => {
  const told = Array.from({ length: ROUNDS }, () =>
    (['fire', 'resolve'] as const).flatMap((change) => RULES.map((id) => ({ change, id }))),
  ).flat();
  return told.map(({ change, id }, place): RecordEvent => {
    const at = startMs + Math.floor((place * MINUTE_MS) / told.length);
    return { type: 'record', device, epoch: 'storm', seq: place + 1, body: bodyOf(ruleOf(id), change, at) };
  });
};

const bodyOf = (rule: Rule, change: 'fire' | 'resolve', at: number): RecordBody => ({
  kind: 'transition',
  transition: {
    change,
    rule: rule.id,
    ruleHash: 'storm',
    instance: 'signal' in rule && rule.signal.by !== undefined ? 'one of many' : '',
    severity: rule.levels[0]?.severity ?? 'warning',
    at,
    since: at,
    reason: change === 'fire' ? 'threshold' : 'recovered',
    evidence: [],
  },
});
