// Which devices a back-test looks at: those that are meant, a sample of a large fleet, and as many as there is time for.
import { pack } from '@fettle/shared/rule/pack';
import { isJudged } from '@fettle/shared/rule/rule';
import { DAY_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { Device } from '../domain/device.ts';
import { NOW, aDevice, openStores } from '../fixture.ts';
import { answers } from './answers.ts';
import { type BackTestQuestion, backTest } from './back-test.ts';

const rule = pack.filter(isJudged).find(({ id }) => id === 'cpu.sustained');
if (!rule) throw new Error('the pack has no rule cpu.sustained');

const question = (change: Partial<BackTestQuestion> = {}): BackTestQuestion => ({
  a: rule,
  tenant: 'acme',
  fromMs: NOW - DAY_MS,
  toMs: NOW,
  intervals: INTERVALS,
  withinMs: 0,
  ...change,
});

const fleetOf = (count: number, change: (index: number) => Partial<Device> = () => ({})) => {
  const stores = openStores();
  stores.fettle.tenants.putSite('yard', 'acme', 'Yard');
  stores.fettle.db.transaction(() => {
    for (let index = 1; index <= count; index += 1)
      stores.fettle.devices.put(aDevice({ id: `d_${index}`, publicKey: `key ${index}`, ...change(index) }));
  })();
  return stores;
};

const counts = (stores: ReturnType<typeof fleetOf>, change: Partial<BackTestQuestion>) => {
  const { devices, sampled, lookedAt } = answers['back-test'](stores, SYSTEM, question(change));
  return [devices, sampled, lookedAt];
};

describe('a back-test', () => {
  it('looks at those of the site, the tag or the device that is meant, and at all else', () => {
    const stores = fleetOf(6, (index) => ({
      site: index > 4 ? 'yard' : 'office',
      tags: index % 2 === 0 ? ['vip'] : [],
    }));
    expect(counts(stores, {})).toEqual([6, 6, 6]);
    expect(counts(stores, { site: 'yard' })).toEqual([2, 2, 2]);
    expect(counts(stores, { tag: 'vip' })).toEqual([3, 3, 3]);
    expect(counts(stores, { device: 'd_3' })).toEqual([1, 1, 1]);
    expect(counts(stores, { tag: 'none' })).toEqual([0, 0, 0]);
  });

  it('looks at a sample of a large fleet where that is enough, and says so', { timeout: 20_000 }, () => {
    const stores = fleetOf(6_000, (index) => ({ site: index > 5_000 ? 'yard' : 'office' }));
    expect(counts(stores, { sample: 300 })).toEqual([6_000, 300, 300]);
    expect(counts(stores, { sample: 300, device: 'd_1' })).toEqual([1, 1, 1]);
  });

  it('ends with what there was time for', () => {
    const stores = fleetOf(6);
    const work = backTest(stores, SYSTEM, question());
    let piece = work.next();
    for (let pieces = 0; pieces < 2; pieces += 1) piece = work.next(false);
    expect(piece.done).toBe(false);
    piece = work.next(true);
    expect(piece).toMatchObject({ done: true, value: { devices: 6, sampled: 6, lookedAt: 2 } });
  });

  it('of another tenant sees nothing', () => {
    const stores = fleetOf(2);
    const actor = { kind: 'person', id: 'p_1', name: 'kim', role: 'technician', tenants: ['other'] } as const;
    expect(answers['back-test'](stores, actor, question()).devices).toBe(0);
  });
});
