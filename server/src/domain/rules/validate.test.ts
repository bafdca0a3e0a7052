import { pack } from '@fettle/shared/rule/pack';
import { MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import type { Override, RuleDocument, Spot } from './override.ts';
import { RuleShelf } from './shelf.ts';
import { problemText, problemsOf } from './validate.ts';

const BOOK = ruleBookAt({ divisor: 1 });
const standing = ({ tenant, place }: Spot) => ({ tenant, site: 'office', tags: [], device: place });

const clause = { metric: 'fettle.system.load.5m', beyond: 'above', fireAt: 20, clearAt: 10 };
const own = (text: string): RuleDocument => ({
  kind: 'threshold',
  title: 'Load is high',
  text,
  signal: { metric: 'fettle.system.load.5m' },
  levels: [{ severity: 'warning', forMs: 5 * MINUTE_MS, any: [clause] }],
});

const override = (rule: string, document: RuleDocument, change: Partial<Override> = {}): Override => {
  const spot = { tenant: 'acme', level: 'tenant', place: 'acme', rule } as const;
  return { ...spot, version: 1, document, author: 'kim', atMs: NOW, ...change };
};

/** The last of them is the change. */
const problems = (overrides: readonly Override[]) => {
  const last = overrides.slice(-1).map(({ tenant, level, place, rule, document }) => {
    const version = 0;
    return { tenant, level, place, rule, document, version };
  });
  return problemsOf(new RuleShelf(BOOK, pack, overrides), last, standing).map(problemText);
};

describe('changes of rules', () => {
  it('that are few and small are taken', () => {
    expect(problems([override('load.high', own('x'))])).toEqual([]);
    expect(problemsOf(new RuleShelf(BOOK, pack, []), [], standing)).toEqual([]);
  });

  const placed = (count: number, tenant: string) =>
    Array.from({ length: count }, (_, index) =>
      override('disk.space', { keepMs: MINUTE_MS }, { tenant, level: 'device', place: `d_${index}` }),
    );

  it('are two thousand of a tenant at most', () => {
    expect(problems(placed(2_000, 'acme'))).toEqual([]);
    expect(problems([...placed(2_000, 'bistro'), ...placed(1, 'acme')])).toEqual([]);
    expect(problems(placed(2_001, 'acme'))).toEqual([
      'disk.space at device d_2000: a tenant has at most 2000 changes of rules',
    ]);
  });

  it('are counted before each of them is looked at: that takes its time', () => {
    const wrong = placed(2_001, 'acme').map((one) => ({ ...one, document: { keepMs: 'long' } }));
    expect(problems(wrong)).toEqual(['disk.space at device d_2000: a tenant has at most 2000 changes of rules']);
  });

  it('make no more rules than an agent takes in one message', () => {
    const many = Array.from({ length: 200 }, (_, index) => override(`own.${index}`, own('x'.repeat(900))));
    expect(problems(many)).toEqual(['own.199 at tenant acme: the rules of a device take at most 200 KiB together']);
    expect(problems(many.slice(0, 50))).toEqual([]);
  });
});
