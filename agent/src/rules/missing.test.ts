// Rules that say what follows where their collector fails, judged as the agent judges.
import { MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';

const failed = { ...volumes({}), failed: { detail: 'no answer' } };

it('an alert of a rule that fires without readings tells the last of them, once, and ends with the next good one', () => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([{ ...diskRule, missing: { change: 'fire', afterMs: 10 * MINUTE_MS } }], minute(0));
  const judge = (count: number, isFailed: boolean) =>
    evaluator.judge([isFailed ? failed : volumes({ '/': 60 })], minute(count), minute(count).uptimeMs);
  expect(judge(0, false)).toEqual([]);
  const told = Array.from({ length: 20 }, (_, index) => judge(index + 1, true)).flat();
  expect(told).toMatchObject([
    {
      change: 'fire',
      rule: 'disk',
      instance: '/',
      severity: 'warning',
      reason: 'no data',
      at: minute(10).wallMs,
      since: minute(10).wallMs,
      evidence: [{ metric: 'system.filesystem.utilization', value: 0.6 }],
    },
  ]);
  expect(evaluator.digest(minute(20).wallMs).open).toMatchObject([
    { rule: 'disk', instance: '/', severity: 'warning' },
  ]);
  const after = Array.from({ length: 5 }, (_, index) => judge(index + 21, false)).flat();
  expect(after).toMatchObject([{ change: 'resolve', reason: 'recovered' }]);
});

it('without it nothing follows, however long', () => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  const told = Array.from({ length: 200 }, (_, count) =>
    evaluator.judge([count === 0 ? volumes({ '/': 60 }) : failed], minute(count), minute(count).uptimeMs),
  );
  expect(told.flat()).toEqual([]);
});
