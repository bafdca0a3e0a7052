import { compileRule } from '@fettle/shared/rule/compile';
import type { JudgedRule } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';
import { createRing } from '@fettle/shared/rule/window';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import { type Episode, EpisodeLog, compared } from './episodes.ts';

const book = ruleBookAt({ divisor: 1 });

const logOf = (id: string, deviceClass: DeviceClass = 'server') => {
  const rule = compileRule(book.byId.get(id) as JudgedRule, deviceClass);
  const log = new EpisodeLog(rule, { id: 'd_1', class: deviceClass });
  const window = createRing(4, rule.metrics.length);
  const tell = (change: 'fire' | 'raise' | 'lower' | 'resolve', at: number, level = 0, instance = '/') =>
    log.note({ change, level, instance, at: NOW + at, window, reason: 'threshold' });
  const told = () =>
    log.episodes.map(({ fromMs, toMs, peak, ticket }) => [
      fromMs - NOW,
      toMs === null ? null : toMs - NOW,
      peak,
      ticket,
    ]);
  return { log, window, tell, told, rule };
};

describe('an episode', () => {
  it('is from a fire to its end, as bad as it ever was', () => {
    const { tell, told, log } = logOf('disk.space');
    tell('fire', 0);
    tell('raise', MINUTE_MS, 1);
    tell('lower', 2 * MINUTE_MS, 0);
    tell('resolve', HOUR_MS);
    tell('resolve', HOUR_MS + 1);
    expect([told(), log.tickets]).toEqual([[[0, HOUR_MS, 'critical', true]], 1]);
  });

  it('goes on beyond what was looked at', () => {
    const { tell, told, log } = logOf('disk.space');
    tell('fire', 0);
    log.finish(NOW + HOUR_MS);
    expect(told()).toEqual([[0, null, 'warning', true]]);
  });

  it.each([
    ['a ticket at once', 'server', MINUTE_MS, true],
    ['one after an hour', 'laptop', HOUR_MS, true],
    ['none before', 'laptop', HOUR_MS - 1, false],
  ] as const)('would have made %s', (_name, deviceClass, forMs, ticket) => {
    const { tell, told, log } = logOf('cpu.sustained', deviceClass);
    tell('fire', 0);
    tell('resolve', forMs);
    expect([told(), log.tickets]).toEqual([[[0, forMs, 'warning', ticket]], ticket ? 1 : 0]);
  });

  it('would have made a ticket by what was read', () => {
    const { tell, told, window, rule } = logOf('disk.space', 'laptop');
    const free = rule.metrics.indexOf('fettle.filesystem.available');
    expect(free).toBeGreaterThanOrEqual(0);
    window.push(
      NOW,
      rule.metrics.map((_, column) => (column === free ? 1024 : 0)),
    );
    tell('fire', 0);
    tell('resolve', HOUR_MS);
    expect(told()).toEqual([[0, HOUR_MS, 'warning', true]]);
  });

  it('that comes back within three days is the same ticket, another instance another', () => {
    const { tell, log } = logOf('disk.space');
    tell('fire', 0);
    tell('resolve', HOUR_MS);
    tell('fire', 73 * HOUR_MS);
    tell('resolve', 74 * HOUR_MS);
    expect(log.tickets).toBe(1);
    tell('fire', 146 * HOUR_MS + 1);
    tell('resolve', 147 * HOUR_MS);
    expect(log.tickets).toBe(2);
    tell('fire', 147 * HOUR_MS, 0, '/data');
    tell('resolve', 148 * HOUR_MS, 0, '/data');
    expect([log.tickets, log.episodes.length]).toEqual([3, 4]);
  });
});

describe('two versions', () => {
  const episode = (fromMs: number, toMs: number | null, change: Partial<Episode> = {}): Episode => ({
    device: 'd_1',
    instance: '/',
    fromMs,
    toMs,
    peak: 'warning',
    ticket: true,
    ...change,
  });

  it.each<[string, Episode, number]>([
    ['overlap', episode(5, 15), 1],
    ['touch', episode(10, 20), 1],
    ['overlap with one that goes on', episode(0, null), 1],
    ['lie apart', episode(11, 20), 0],
    ['are of two instances', episode(0, 10, { instance: '/data' }), 0],
    ['are of two devices', episode(0, 10, { device: 'd_2' }), 0],
  ])('find the same where episodes %s', (_name, other, both) => {
    const found = compared([episode(0, 10)], [other]);
    expect([found.both, found.onlyA.length, found.onlyB.length]).toEqual([both, 1 - both, 1 - both]);
  });

  it('that go on both are the same', () => {
    expect(compared([episode(0, null)], [episode(99, null)]).both).toBe(1);
  });
});
