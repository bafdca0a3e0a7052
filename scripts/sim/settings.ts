// How the simulated server is set: the real rules and times, of the rules only what the simulated machines can have.
import { type RuleBook, ruleBookAt } from '@fettle/server/domain/rule-book';
import { timesAt } from '@fettle/server/domain/times';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

const PACE = { divisor: 1 };

/** Fewer readings than usual: an hour must not cost a second. */
export const INTERVALS: Intervals = {
  fast: MINUTE_MS,
  minute: MINUTE_MS,
  slow: 15 * MINUTE_MS,
  daily: DAY_MS,
  batch: 2 * MINUTE_MS,
  digest: 10 * MINUTE_MS,
  reconnectSpread: 5 * SECOND_MS,
};

const RULES: ReadonlySet<string> = new Set([
  'disk.readonly',
  'disk.missing',
  'disk.space',
  'cpu.sustained',
  'device.offline',
]);

const simulatedBook = (): RuleBook => {
  const whole = ruleBookAt(PACE);
  const rules = whole.rules.filter(({ id }) => RULES.has(id));
  return { ...whole, rules, byId: new Map(rules.map((rule) => [rule.id, rule])) };
};

export const book = simulatedBook();
export const times = timesAt(PACE);
