import { pack } from '@fettle/shared/rule/pack';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { absenceRule, bookOf, ruleBookAt, silenceIn, trendRule } from './rule-book.ts';
import { HURRY } from './times.ts';

const calm = ruleBookAt({ divisor: 1 });
const hurried = ruleBookAt({ divisor: HURRY });

/** Every duration of a rule, wherever it stands in it. */
const durations = (value: unknown, path = ''): readonly (readonly [string, number])[] => {
  if (typeof value === 'number') return /Ms\b|Ms\.|forMsOn/.test(path) ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) => durations(child, `${path}.${name}`));
};

describe('the rules in force', () => {
  it('are the pack, unchanged', () => {
    expect(calm.rules).toEqual(pack);
    expect([...calm.byId.keys()]).toEqual(pack.map(({ id }) => id));
  });

  it('have the same version wherever they are read, and another in a hurry', () => {
    expect(ruleBookAt({ divisor: 1 }).version).toBe(calm.version);
    expect(hurried.version).not.toBe(calm.version);
  });

  it.each(pack.map((rule) => [rule.id, rule] as const))('in a hurry every time of %s is divided', (id, rule) => {
    const waits = durations(rule);
    expect(waits.length).toBeGreaterThan(1);
    const now = new Map(durations(hurried.byId.get(id)));
    for (const [path, ms] of waits) {
      expect([path, now.get(path)]).toEqual([path, ms === 0 ? 0 : Math.max(SECOND_MS, ms / HURRY)]);
    }
  });

  it('in a hurry what has no time gets none: what never clears never does, and who waits for no ticket gets none', () => {
    const timeless = ({ id, keepMs, ticket }: (typeof calm.rules)[number]) => ({
      id,
      isForGood: keepMs === null,
      isWaiting: ticket.afterMs !== undefined,
    });
    expect(hurried.rules.map(timeless)).toEqual(calm.rules.map(timeless));
    expect(hurried.byId.get('smart.failed')?.keepMs).toBeNull();
  });

  it('in a hurry nothing but times is changed', () => {
    const blank = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, child: unknown) => (/Ms$|forMsOn/.test(key) ? undefined : child)));
    expect(blank(hurried.rules)).toEqual(blank(pack));
  });

  it('has one for silence', () => {
    expect(absenceRule(calm)).toMatchObject({ id: 'device.offline', levels: [{ forMs: 5 * MINUTE_MS }] });
    expect(absenceRule({ ...calm, byId: new Map() })).toBeUndefined();
    expect(silenceIn(calm)).toEqual({ rule: absenceRule(calm), isOff: false });
    const off = { ...calm, disabled: new Set(['device.offline']) };
    expect(silenceIn(off)).toEqual({ rule: absenceRule(calm), isOff: true });
  });
});

it('a book without the rules of silence and of what will be has none, and one that is off does not look ahead', () => {
  const bare = bookOf([], new Set(), { divisor: 1 });
  expect([absenceRule(bare), trendRule(bare)]).toEqual([undefined, undefined]);
  expect(trendRule(calm)?.id).toBe('disk.trend');
  expect(trendRule(bookOf(pack, new Set(['disk.trend']), { divisor: 1 }))).toBeUndefined();
});
