// Faster readings while someone watches, and none when nobody does.
import { MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { type Collector, available } from './collector.ts';
import { hostAt } from './fixture.ts';
import { HandClock } from './hand-clock.ts';
import { Live } from './live.ts';

const liveOf = (readMs = 0) => {
  const clock = new HandClock();
  const shown: number[] = [];
  let made = 0;
  let begun = 0;
  const probed: string[] = [];
  const collectorOf = (tier: Collector['tier']): Collector => ({
    id: tier,
    tier,
    timeoutMs: 60_000,
    provides: ['fettle.system.load.1m'],
    probe: () => {
      probed.push(tier);
      return Promise.resolve(available('a test'));
    },
    collect: async () => {
      begun += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      if (readMs === 0) resolve();
      else clock.after(readMs, resolve);
      await promise;
      return { samples: [{ metric: 'fettle.system.load.1m', attributes: {}, value: 1 }] };
    },
  });
  const live = new Live({
    clock,
    host: hostAt('', clock),
    collectors: () => {
      made += 1;
      return [collectorOf('fast'), collectorOf('minute')];
    },
    onReadings: (atMs) => shown.push(atMs),
  });
  return { clock, live, shown, probed, made: () => made, begun: () => begun };
};

describe('watching', () => {
  it('reads at once and then at the asked pace, the fast collectors alone, until the time is over', async () => {
    const { clock, live, shown, probed, begun } = liveOf();
    const from = clock.wallMs();
    await live.watch(2_000, 10_000);
    await clock.pass(MINUTE_MS);
    expect(shown.map((at) => at - from)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
    expect([begun(), probed]).toEqual([6, ['fast']]);
    expect(clock.waiting).toBe(0);
  });

  it('asked again goes on, with the new pace and the same collectors', async () => {
    const { clock, live, shown, made } = liveOf();
    await live.watch(2_000, 10_000);
    await clock.pass(9_000);
    await live.watch(1_000, 10_000);
    await clock.pass(MINUTE_MS);
    expect([shown.length, made()]).toEqual([15, 1]);
  });

  it('begins anew after it was over', async () => {
    const { clock, live, shown, made } = liveOf();
    await live.watch(1_000, 2_000);
    await clock.pass(MINUTE_MS);
    await live.watch(1_000, 2_000);
    await clock.pass(MINUTE_MS);
    expect([shown.length, made()]).toEqual([6, 2]);
  });

  it('slow readings come one after the other, not at once', async () => {
    const { clock, live, begun } = liveOf(5_000);
    void live.watch(1_000, MINUTE_MS);
    await clock.pass(30_000);
    expect(begun()).toBe(6);
  });
});

describe('stopped', () => {
  it('between two readings: none comes, and no timer is left', async () => {
    const { clock, live, shown } = liveOf();
    await live.watch(1_000, MINUTE_MS);
    await clock.pass(2_500);
    live.stop();
    await clock.pass(MINUTE_MS);
    expect([shown.length, clock.waiting]).toEqual([3, 0]);
  });

  it('in the middle of one: it is not shown, and watched again there is one rhythm, not two', async () => {
    const { clock, live, shown } = liveOf(500);
    void live.watch(1_000, MINUTE_MS);
    await clock.pass(200);
    live.stop();
    void live.watch(1_000, MINUTE_MS);
    await clock.pass(200);
    expect(shown).toEqual([]);
    await clock.pass(6_000);
    expect(shown).toHaveLength(4);
  });

  it('before it was ever watched is nothing', async () => {
    const { clock, live } = liveOf();
    live.stop();
    expect(clock.waiting).toBe(0);
  });
});
