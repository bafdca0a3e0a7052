// The real scheduler in a process of its own, in time zones of its own, with a clock that is moved by hand.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

const JOBS = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'jobs.ts')).href);

const PARTS = `
  import { startJobs } from ${JOBS};
  const seen = [];
  const backups = [];
  const parts = {
    pace: { divisor: 1 },
    retention: { rawDays: 14, eventDays: 90 },
    nowMs: () => Date.now(),
    lookAtClock: () => undefined,
    context: () => ({ nowMs: Date.now() }),
    members: () => [],
    selfCheck: { look: () => ({ isSuspected: false }) },
    orphans: async () => [],
    backUp: async (kind) => { backups.push(kind); },
    backUpIfMissed: async () => { backups.push('missed'); },
    commit: async ({ type, beforeMs }) => {
      seen.push({ type, at: new Date().toISOString(), days: (Date.now() - beforeMs) / 86_400_000 });
      return { is: 'done' };
    },
  };
`;

/** Goes through three days, in steps. */
const THREE_DAYS = (from: string, stepMs: number): string => `
  import { mock } from 'node:test';
  mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'], now: Date.parse('${from}') });
  const stop = startJobs(parts);
  for (let at = 0; at < 3 * 86_400_000; at += ${stepMs}) {
    mock.timers.tick(${stepMs});
    await new Promise(setImmediate);
  }
  await stop();
  const count = seen.length;
  mock.timers.tick(86_400_000);
  await new Promise(setImmediate);
  const expired = seen.filter(({ type }) => type === 'expire batches');
  const madeOf = (kind) => backups.filter((one) => one === kind).length;
  const made = { missed: madeOf('missed'), hourly: madeOf('hourly'), daily: madeOf('daily') };
  console.log(JSON.stringify({ at: expired.map(({ at }) => at), days: expired[0].days, later: seen.length - count, made }));
`;

const program = async (text: string, zone: string) => {
  const environment = { ...process.env, TZ: zone };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PARTS + text], {
    env: environment,
    timeout: 20_000,
  });
  return stdout;
};

const ZONES = ['Europe/Berlin', 'America/New_York'] as const;
// the nights when the clocks of one or the other are changed
const STARTS = ['2026-03-28T12:00:00.000Z', '2026-10-24T12:00:00.000Z', '2026-10-31T03:18:00.000Z'] as const;
const MINUTE = 60_000;

describe('at a start and then each night at 03:17 UTC', { timeout: 30_000 }, () => {
  it.concurrent.each(ZONES.flatMap((zone) => STARTS.map((start) => [zone, start] as const)))(
    'old readings go and a backup is made: in %s from %s, once a day, and one each hour',
    async (zone, start) => {
      const told: unknown = JSON.parse(await program(THREE_DAYS(start, MINUTE), zone));
      const firstNight = `${start.slice(0, 10)}T03:17:00.000Z`;
      const nights = [1, 2, 3].map((day) => new Date(Date.parse(firstNight) + day * 86_400_000).toISOString());
      const made = { missed: 1, hourly: 72, daily: 3 };
      expect(told).toEqual({ at: [start, ...nights], days: 14, later: 0, made });
    },
  );

  it('a machine that slept then makes up for it', async () => {
    const told: unknown = JSON.parse(await program(THREE_DAYS('2026-10-24T00:00:00.000Z', 8 * 60 * MINUTE), 'UTC'));
    expect(told).toMatchObject({
      at: [0, 8, 32, 56].map((hours) => new Date(Date.UTC(2026, 9, 24, hours)).toISOString()),
    });
  });
});

it('what is stopped leaves no timer behind: the process ends by itself', { timeout: 30_000 }, async () => {
  const told = await program(`const stop = startJobs(parts); await stop(); console.log('stopped');`, 'UTC');
  expect(told).toBe('stopped\n');
});
