// The list of what is open: it may end an alert on the server only where the agent has come to a conclusion since it started.
import { catalog } from '@fettle/shared/metric/catalog';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { recordBody } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import { digestParts } from './digest-parts.ts';
import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';
import type { Observation } from './observation.ts';

const after = (...observations: readonly Observation[]): Evaluator => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  for (const [index, observation] of observations.entries()) evaluator.judge([observation], minute(index), HOUR_MS);
  return evaluator;
};
const digestAfter = (...observations: readonly Observation[]) => after(...observations).digest(7);

const good = volumes({ '/': 10 });
const bad = volumes({ '/': 90 });
const partial = { ...good, isPartial: true };
const failed = { ...good, measured: [], failed: { detail: 'no answer' } };
const UNDECIDED = [{ rule: 'disk', instance: '/' }];

describe('what a digest is sure of', () => {
  it.each([
    ['nothing before the first reading', [], [], []],
    ['nothing after one', [good], [], UNDECIDED],
    [
      'the rule after two, but not an instance that has been seen for less than the rule looks back',
      [good, good],
      ['disk'],
      UNDECIDED,
    ],
    ['what was good for as long as the rule looks back', [good, good, good], ['disk'], []],
    ['nothing by readings that failed', [failed, failed, failed, failed], [], []],
    ['nothing by readings that were partial', [partial, partial, partial, partial], [], []],
    ['not an instance that is pending', [good, good, good, good, bad], ['disk'], UNDECIDED],
    ['that no instance is left after two readings without any', [good, volumes({}), volumes({})], ['disk'], []],
  ])('%s', (_name, readings, judged, undecided) => {
    expect(digestAfter(...readings)).toEqual({ kind: 'digest', at: 7, open: [], judged, undecided });
  });

  it('not what was seen before the machine slept', () => {
    const evaluator = after(good, good, good);
    evaluator.interrupt(minute(3));
    expect(evaluator.digest(0).undecided).toEqual(UNDECIDED);
  });
});

describe('what is open', () => {
  it('is listed with all that its alert needs', () => {
    const evaluator = after(bad, bad, bad);
    expect(evaluator.digest(0).open).toEqual([
      {
        rule: 'disk',
        ruleHash: evaluator.rules[0]?.hash,
        instance: '/',
        severity: 'warning',
        since: minute(2).wallMs,
        evidence: [{ metric: 'system.filesystem.utilization', value: 0.9, mean: 0.9, threshold: 0.85 }],
      },
    ]);
  });

  it('is open until it is over, also while it is clearing', () => {
    const evaluator = after(bad, bad, bad, good, good);
    expect(evaluator.entries).toMatchObject([{ state: { phase: 'clearing' } }]);
    expect(evaluator.digest(0)).toMatchObject({ open: [{ instance: '/' }], undecided: [] });
  });

  it('is all of it, and of more than a record takes there are several', () => {
    const many = volumes(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`/${index}`, 90])));
    const digest = digestAfter(many, many, many);
    expect([digest.open.length, digest.judged]).toEqual([501, ['disk']]);
    const parts = digestParts(digest);
    expect(parts.flatMap(({ open }) => open)).toHaveLength(501);
    expect(parts.flatMap((part) => recordBody.safeParse(part).error ?? [])).toEqual([]);
  });
});

it('the evidence of a rule on everything is no more than a record takes', () => {
  const metrics = catalog.map(({ name }) => name);
  const any = metrics.map((metric) => ({ metric, beyond: 'above', fireAt: 0, clearAt: 0 }) as const);
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([{ ...diskRule, levels: [{ severity: 'warning', forMs: MINUTE_MS, any }] }], minute(0));
  const measured = metrics.flatMap((metric) => good.measured.map((reading) => ({ ...reading, metric, integer: 1 })));
  const [fired] = evaluator.judge([{ ...good, provides: metrics, measured }], minute(0), HOUR_MS);
  expect(metrics.length).toBeGreaterThan(16);
  expect(recordBody.safeParse({ kind: 'transition', transition: fired }).error).toBeUndefined();
});
