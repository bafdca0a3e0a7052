import { describe, expect, it } from 'vitest';

import { HandClock } from '../hand-clock.ts';
import type { CheckLine } from './check-line.schema.ts';
import { type Check, checksOf } from './check.ts';
import { startRounds } from './rounds.ts';

const MINUTE_MS = 60_000;

const lineOf = (check: number, verdict: CheckLine['verdict']): CheckLine => ({
  check,
  verdict,
  samples: [],
  facts: [],
  cost: { cpuMs: 0, children: 0, bytes: 0 },
});

const setUp = (
  count: number,
  changes: { every?: number; takesMs?: number; verdict?: () => CheckLine['verdict'] } = {},
) => {
  const { every = 60, takesMs = 0, verdict = () => 'passed' } = changes;
  const clock = new HandClock();
  const startMs = clock.monoMs();
  const begun: (readonly [check: number, atS: number])[] = [];
  const told: number[] = [];
  let [atWork, most] = [0, 0];
  const look = async ({ index }: Check): Promise<CheckLine> => {
    begun.push([index, Math.round((clock.monoMs() - startMs) / 1000)]);
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise<void>((resolve) => void clock.after(takesMs, resolve));
    atWork -= 1;
    return lineOf(index, verdict());
  };
  const declared = Array.from({ length: count }, (_, index) => ({
    name: `t${index}`,
    kind: 'icmp' as const,
    host: 'h',
    every,
  }));
  const stop = startRounds({ checks: checksOf(declared), clock, look, tell: ({ check }) => told.push(check) });
  const times = (check = 0) => begun.filter(([index]) => index === check).map(([, atS]) => atS);
  return { clock, stop, told, times, most: () => most };
};

describe('rounds', () => {
  it('look at each target at its own rhythm', async () => {
    const { clock, times } = setUp(1, { every: 300 });
    await clock.pass(11 * MINUTE_MS);
    expect(times()).toEqual([0, 300, 600]);
  });

  it('look again soon after a first failure, and then as usual', async () => {
    const { clock, times } = setUp(1, { every: 300, verdict: () => 'failed' });
    await clock.pass(11 * MINUTE_MS);
    expect(times()).toEqual([0, 25, 325, 625]);
  });

  it('no sooner for what could not be tried', async () => {
    const { clock, times } = setUp(1, { every: 300, verdict: () => 'unknown' });
    await clock.pass(6 * MINUTE_MS);
    expect(times()).toEqual([0, 300]);
  });

  it('are few at once, and miss nobody', async () => {
    const { clock, told, most } = setUp(200, { takesMs: 2_000 });
    await clock.pass(MINUTE_MS - 1_000);
    expect(most()).toBe(8);
    expect(new Set(told).size).toBe(200);
  });

  it('do not begin a look at a target before the last one has ended', async () => {
    const { clock, times } = setUp(1, { every: 30, takesMs: 100_000 });
    await clock.pass(4 * MINUTE_MS);
    expect(times()).toEqual([0, 101, 202]);
  });

  it('end when they are stopped, also what is under way', async () => {
    const { clock, stop, told } = setUp(3, { takesMs: 5_000 });
    await clock.pass(1_000);
    stop();
    await clock.pass(5 * MINUTE_MS);
    expect(told).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
