// The look before a rule fires everywhere: which devices stand for all, and what is said.
import { pack } from '@fettle/shared/rule/pack';
import { MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ruleBookAt } from '../rule-book.ts';
import { glanceAt, warningOf } from './glance.ts';
import type { Level, RuleDocument } from './override.ts';
import { sampleOf } from './sample.ts';
import { RuleShelf } from './shelf.ts';

const fleet = (sizes: readonly number[]) =>
  sizes.flatMap((size, site) =>
    Array.from({ length: size }, (_, index) => ({ id: `d_${site}_${index}`, site: `s_${site}` })),
  );

describe('a sample', () => {
  it('is spread over the sites as the fleet is, with one of each site first', () => {
    const sample = sampleOf(fleet([4_000, 1_500, 490, 9, 1]), 300, 'cpu.sustained');
    const bySite = Map.groupBy(sample, ({ site }) => site);
    expect(sample).toHaveLength(300);
    expect([...bySite.keys()].toSorted()).toEqual(['s_0', 's_1', 's_2', 's_3', 's_4']);
    expect(bySite.get('s_0')?.length).toBeGreaterThan(190);
    expect(bySite.get('s_0')?.length).toBeLessThan(205);
    expect(bySite.get('s_1')?.length).toBeGreaterThan(70);
  });

  it('is the same for the same question, in whatever order the devices come, and another for another', () => {
    const devices = fleet([500, 200]);
    const ids = (seed: string, of = devices) => sampleOf(of, 50, seed).map(({ id }) => id);
    expect(ids('a', devices.toReversed())).toEqual(ids('a'));
    expect(ids('b')).not.toEqual(ids('a'));
  });

  it('has so many, each once, and of a site never much less than its share', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 12, max: 200 }), (all, limit) => {
        const devices = fleet(all);
        const sample = sampleOf(devices, limit, 'seed');
        expect(new Set(sample).size).toBe(Math.min(limit, devices.length));
        const bySite = Map.groupBy(sample, ({ site }) => site);
        for (const [site, size] of all.entries()) {
          const share = (size / devices.length) * sample.length;
          const least = Math.max(1, Math.floor(share) - all.length);
          expect(bySite.get(`s_${site}`)?.length ?? 0).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });
});

describe('what is looked at before a change', () => {
  const at = { tenant: 'acme', site: '', tags: [], device: '' };
  const glance = (level: Level, document: RuleDocument | null, rule = 'disk.space') => {
    const change = { tenant: 'acme', level, place: level === 'tenant' ? 'acme' : 'x', rule, version: 0, document };
    const shelf = new RuleShelf(ruleBookAt({ divisor: 1 }), pack, []).with([change], { author: '', atMs: 0 });
    return glanceAt(shelf, change, {
      ...at,
      ...(level === 'site' && { site: 'x' }),
      ...(level === 'tag' && { tags: ['x'] }),
    });
  };

  it.each<[Level, object]>([
    ['tenant', { tenant: 'acme' }],
    ['site', { tenant: 'acme', site: 'x' }],
    ['tag', { tenant: 'acme', tag: 'x' }],
  ])('of a %s are its devices, under the rule as it would be', (level, where) => {
    expect(glance(level, { keepMs: 7 * MINUTE_MS })).toMatchObject({ where, rule: { keepMs: 7 * MINUTE_MS } });
  });

  it('is nothing for a single device', () => {
    expect(glance('device', { keepMs: 1 })).toBeUndefined();
  });

  it.each<[string, RuleDocument | null, string]>([
    ['what is taken back', null, 'disk.space'],
    ['what is switched off', { disabled: true }, 'disk.space'],
    ['what the server judges', { keepMs: 1 }, 'device.offline'],
    ['what is no rule', { keepMs: 1 }, 'no.such'],
  ])('is nothing for %s', (_, document, rule) => {
    expect(glance('tenant', document, rule)).toBeUndefined();
  });
});

describe('the warning', () => {
  const said = (fires: number, devices: number, sampled = devices, lookedAt = sampled) =>
    warningOf('x', { a: { devices: fires }, devices, sampled, lookedAt });

  it.each([
    ['all', said(6, 8), 'In the last day x would have fired on 6 of 8 devices.'],
    [
      'a sample',
      said(200, 6_000, 300),
      'In the last day x would have fired on 200 of 300 of 6,000 devices, a sample of 300.',
    ],
    [
      'what there was time for',
      said(90, 6_000, 300, 100),
      'In the last day x would have fired on 90 of 100 of 6,000 devices, a sample of 300, there was no time for more.',
    ],
    ['few', said(4, 4), undefined],
    ['less than half', said(9, 20), undefined],
    ['nothing that there was time for', said(0, 20, 20, 0), undefined],
  ])('of %s', (_, text, expected) => {
    expect(text).toBe(expected);
  });
});
