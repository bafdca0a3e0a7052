// From stored readings of volumes to the alert of the one that fills: hour by hour, as the server looks.
import { quantise } from '@fettle/shared/metric/sample';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { encodeBlock } from '@fettle/shared/wire/encode';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { ruleBookAt, trendRule } from '../domain/rule-book.ts';
import { NOW, aDevice, aRecord, aTold, openWriter } from '../fixture.ts';
import { answers } from '../store/answers.ts';

const RULE = trendRule(ruleBookAt({ divisor: 1 }));
if (!RULE) throw new Error('no rule that looks ahead');
const { signal } = RULE;
const GIB = 2 ** 30;
const START = NOW - 4 * DAY_MS;

/** What is free on each volume so many days after the start, in GiB; undefined: it is not there. */
type Volumes = Readonly<Record<string, (day: number) => number | undefined>>;

const open = (volumes: Volumes, change: Parameters<typeof aDevice>[0] = {}) => {
  const stores = openWriter();
  const { fettle, metrics, writer } = stores;
  fettle.devices.put(aDevice(change));
  const key = metrics.addKey('d_1');
  let now = 0;
  const measure = (hour: number): void => {
    const t0Ms = START + hour * HOUR_MS;
    const seen = Object.entries(volumes).flatMap(([mountpoint, free]) => {
      const value = free(hour / 24);
      return value === undefined ? [] : [{ mountpoint, value: quantise(signal.metric, value * GIB) ?? Number.NaN }];
    });
    const series = seen.map(({ mountpoint }) => ({
      metric: signal.metric,
      attributes: { 'system.filesystem.mountpoint': mountpoint },
    }));
    const hash = JSON.stringify(series);
    const setId = metrics.setWithUse(key, hash)?.id ?? metrics.addSet(key, hash, series);
    const columns = seen.map(({ value }) => [Number.NaN, value, Number.NaN]);
    const block = encodeBlock({ t0: t0Ms, stepMs: 10_000, count: 3 }, columns);
    metrics.add(key, setId, { device: 'd_1', epoch: 'e', seq: hour + 1, t0Ms, setHash: hash, block });
  };
  const nowMs = () => START + now * HOUR_MS;
  const commit = (event: WriterEvent) => writer.commit([event], nowMs())[0]?.outcome;
  const look = (): void => {
    const outlooks = answers.outlooks({ fettle, metrics }, SYSTEM, { id: 'd_1', signal, nowMs: nowMs() + MINUTE_MS });
    if (outlooks && outlooks.length > 0)
      expect(commit({ type: 'forecast', device: 'd_1', outlooks })).toEqual({ is: 'done' });
  };
  /** @returns the hours at whose end the alert stands, from the start on */
  const pass = (hours: number, { isSilent = false } = {}): readonly number[] => {
    const standing: number[] = [];
    const end = now + hours;
    const measureAll = metrics.db.transaction(() => {
      for (let hour = now; hour < end; hour += 1) measure(hour);
    });
    if (!isSilent) measureAll();
    for (; now < end; now += 1) {
      look();
      if (alerts().length > 0) standing.push(now);
    }
    return standing;
  };
  const alerts = () => fettle.alerts.openOf('d_1').filter(({ rule }) => rule === RULE.id);
  return { ...stores, pass, alerts, commit, nowMs };
};

describe('a volume of a server', () => {
  it('that fills steadily is an alert with a ticket three days before it is full, beside one that does not', () => {
    const { pass, alerts, fettle } = open({ '/': () => 40, '/data': (day) => 70 - day * 10 });
    expect(pass(6 * 24)[0]).toBe(97); // near from hour 96, the fourth day, on; and an hour later still
    expect(alerts()).toMatchObject([{ instance: '/data', severity: 'warning', reason: 'threshold' }]);
    expect(fettle.tickets.get(alerts()[0]?.ticket ?? '')).toMatchObject({ priority: 'high', fires: 1 });
    expect(fettle.forecasts.of('d_1')).toMatchObject([{ instance: '/data', state: { is: 'near' } }]);
  });

  it('that is cleaned up ends it after six hours, and is no more in the list when it does not fill', () => {
    const { pass, alerts, fettle } = open({ '/': (day) => (day < 5 ? 70 - day * 10 : 200) });
    const standing = pass(8 * 24);
    expect([standing[0], standing.at(-1)]).toEqual([97, 125]);
    expect([alerts(), fettle.forecasts.of('d_1')]).toEqual([[], []]);
  });

  it('that is taken away ends it as well; a device that is silent ends nothing', () => {
    const { pass, alerts } = open({ '/': () => 9, '/usb': (day) => (day < 5 ? 70 - day * 10 : undefined) });
    expect(pass(120)).toContain(119);
    pass(24, { isSilent: true });
    expect(alerts()).toHaveLength(1);
    pass(12);
    expect(alerts()).toEqual([]);
  });

  it('whose logs are rotated each night is none', () => {
    const { pass } = open({ '/var': (day) => 12 - (day % 1) * 10 });
    expect(pass(9 * 24)).toEqual([]);
  });

  it('is left alone by the digests of its agent', () => {
    const { pass, alerts, commit } = open({ '/': (day) => 70 - day * 10 });
    pass(5 * 24);
    const digest = { kind: 'digest', open: [], judged: ['disk.space'], undecided: [] } as const;
    commit(aRecord(1, { ...digest, at: NOW, open: [], judged: ['disk.space'], undecided: [] }));
    expect(alerts()).toHaveLength(1);
  });

  it('that the rule is switched off for stands no more', () => {
    const { pass, alerts, commit, fettle, nowMs } = open({ '/': (day) => 70 - day * 10 });
    pass(5 * 24);
    const spot = { tenant: 'acme', rule: 'disk.trend', level: 'tenant', place: 'acme' } as const;
    const actor = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' } as const;
    const outcome = commit({
      type: 'change rules',
      actor,
      changes: [{ ...spot, version: 0, document: { disabled: true } }],
    });
    expect(outcome).toMatchObject({ is: 'done' });
    expect(fettle.forecasts.of('d_1')[0]?.atMs).toBeLessThan(nowMs());
    pass(1);
    expect(alerts()).toEqual([]);
  });
});

describe('a volume of a laptop', () => {
  it('that fills is no alert of this rule, and makes a ticket of the one about its space', () => {
    const { pass, alerts, commit, fettle } = open({ '/': (day) => 120 - day * 10 }, { class: 'laptop' });
    expect(pass(5 * 24)).toEqual([]);
    expect(fettle.forecasts.of('d_1')).toHaveLength(1);
    const free = [{ metric: signal.metric, value: 70 * GIB }];
    commit(aTold(1, { evidence: free }));
    commit(aTold(2, { evidence: free, instance: '/other' }));
    const tickets = fettle.alerts.openOf('d_1').map(({ instance, ticket }) => [instance, ticket !== null]);
    expect(tickets).toEqual(
      expect.arrayContaining([
        ['/', true],
        ['/other', false],
      ]),
    );
    expect(alerts()).toEqual([]);
  });
});

it('a device that is not there any more changes nothing', () => {
  const { commit } = open({});
  expect(commit({ type: 'forecast', device: 'd_none', outlooks: [{ instance: '/', value: 1 }] })).toEqual({
    is: 'done',
  });
});
