import { HOUR_MS } from '@fettle/shared/time';
import { array, assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';

import { type Bucket, takeToken } from './bucket.ts';

it('gives at once what was saved, then one at a time', () => {
  let { bucket } = takeToken(undefined, 3_600, 0);
  let given = 1;
  for (;;) {
    const taken = takeToken(bucket, 3_600, 0);
    if (taken.waitMs > 0) break;
    given += 1;
    ({ bucket } = taken);
  }
  expect(given).toBe(20);
  expect(takeToken(bucket, 3_600, 0).waitMs).toBe(1_000);
  expect(takeToken(bucket, 3_600, 1_000).waitMs).toBe(0);
});

it('says how long to wait, and there is one then', () => {
  const { bucket } = takeToken(undefined, 1, 0);
  const { waitMs } = takeToken(bucket, 1, 1_000);
  expect(waitMs).toBe(HOUR_MS - 1_000);
  expect(takeToken(bucket, 1, 1_000 + waitMs).waitMs).toBe(0);
});

it('never gives more in any time than its burst and what came since, whenever it is asked, and wherever the clock goes', () => {
  assert(
    property(
      integer({ min: 1, max: 3_600 }),
      array(integer({ min: -1_000, max: 600_000 }), { maxLength: 300 }),
      (perHour, steps) => {
        let bucket: Bucket | undefined;
        let [nowMs, given, passedMs] = [0, 0, 0];
        for (const stepMs of steps) {
          nowMs += stepMs;
          passedMs += Math.abs(stepMs);
          const taken = takeToken(bucket, perHour, nowMs);
          ({ bucket } = taken);
          if (taken.waitMs === 0) given += 1;
        }
        expect(given).toBeLessThanOrEqual(Math.min(20, perHour) + (passedMs / HOUR_MS) * perHour + 1e-6);
      },
    ),
  );
});
