import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { RunTimes } from './run-times.ts';

it('tells sleep from being awake, and forgets it at each welcome', () => {
  let [awakeMs, asleepMs] = [7 * HOUR_MS, 0];
  const bootedMs = -30 * MINUTE_MS; // the monotonic clock may begin anywhere
  const times = new RunTimes({ monoMs: () => awakeMs }, () => awakeMs + asleepMs - bootedMs);
  expect(times.now()).toEqual({ uptimeMs: 7.5 * HOUR_MS, agentMs: 0, asleepMs: 0 });
  awakeMs += MINUTE_MS;
  asleepMs += HOUR_MS;
  expect(times.now()).toEqual({ uptimeMs: 8.5 * HOUR_MS + MINUTE_MS, agentMs: HOUR_MS + MINUTE_MS, asleepMs: HOUR_MS });
  times.welcomed();
  awakeMs += MINUTE_MS;
  expect(times.now()).toMatchObject({ agentMs: HOUR_MS + 2 * MINUTE_MS, asleepMs: 0 });
});

it('never says less than nothing, though the clocks are read one after the other', () => {
  let monoMs = 10;
  const times = new RunTimes({ monoMs: () => monoMs }, () => 1_000.4);
  monoMs = 12;
  expect(times.now()).toEqual({ uptimeMs: 1_000, agentMs: 0, asleepMs: 0 });
});
