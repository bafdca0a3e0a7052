// Lists come page by page: complete, in order, each row once, ties and other tenants included.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Actor, SYSTEM } from '../domain/actor.ts';
import { deviceView } from '../domain/view.ts';
import { NOW, aDevice, aTicket, anAlert, openStores } from '../fixture.ts';
import { answers } from './answers.ts';
import type { Kind, Questions } from './questions.ts';

const eva: Actor = { kind: 'person', id: 'p', name: 'eva', role: 'owner', tenants: ['acme'] };
const otto: Actor = { ...eva, name: 'otto', tenants: ['bistro'] };
const nobody: Actor = { ...eva, name: 'nobody', tenants: [] };

const open = () => {
  const stores = openStores();
  const { tenants, devices } = stores.fettle;
  tenants.put('bistro', 'Bistro', 'BIS');
  tenants.putSite('kitchen', 'bistro', 'Kitchen');
  devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', tenant: 'bistro', site: 'kitchen', hostname: 'till' }));
  const ask = <K extends Kind>(kind: K, actor: Actor, question: Questions[K]['ask']): Questions[K]['answer'] =>
    answers[kind](stores, actor, question);
  return { ...stores, ask };
};

/** All pages of a list, from the first to the empty one. */
const allOf = <T, A>(page: (after: A) => readonly T[], first: A, next: (last: T) => A): readonly T[] => {
  const found: T[] = [];
  for (let rows = page(first); rows.length > 0;) {
    found.push(...rows);
    if (found.length > 100) throw new Error('pages without end');
    const last = rows.at(-1);
    rows = last === undefined ? [] : page(next(last));
  }
  return found;
};

const ANY_ALERT = { states: [], severity: '', device: '', rule: '' };
const NEWEST = { sinceMs: Number.MAX_SAFE_INTEGER, id: '' };

/** Few different times, so that many rows share theirs. */
const someTimes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 });
const aLimit = fc.integer({ min: 1, max: 7 });
const runs = { numRuns: 30 };

describe('every page of a list', { timeout: 30_000 }, () => {
  it('of alerts: the newest first', () => {
    const { fettle, ask } = open();
    fc.assert(
      fc.property(someTimes, aLimit, (times, limit) => {
        fettle.db.exec('DELETE FROM alerts');
        for (const [index, sinceMs] of times.entries()) {
          const id = `a_${(index * 7) % 20}`;
          fettle.alerts.put(anAlert({ id, sinceMs, instance: id }));
        }
        const page = (after: typeof NEWEST) => ask('alerts', eva, { ...ANY_ALERT, after, limit });
        const seen = allOf(page, NEWEST, ({ sinceMs, id }) => ({ sinceMs, id }));
        const order = [...seen].toSorted((a, b) => b.sinceMs - a.sinceMs || (a.id < b.id ? 1 : -1));
        expect(seen).toEqual(order);
        expect(new Set(seen.map(({ id }) => id)).size).toBe(times.length);
      }),
      runs,
    );
  });

  it('of tickets: the newest first', () => {
    const { fettle, ask } = open();
    fc.assert(
      fc.property(someTimes, aLimit, (times, limit) => {
        fettle.db.exec('DELETE FROM tickets');
        for (const [index, createdMs] of times.entries()) {
          const id = `t_${(index * 7) % 20}`;
          fettle.tickets.put(aTicket({ id, createdMs, key: id, number: id }));
        }
        const first = { createdMs: Number.MAX_SAFE_INTEGER, id: '' };
        const page = (after: typeof first) => ask('tickets', eva, { states: [], device: '', after, limit });
        const seen = allOf(page, first, ({ createdMs, id }) => ({ createdMs, id }));
        const order = [...seen].toSorted((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
        expect(seen).toEqual(order);
        expect(new Set(seen.map(({ id }) => id)).size).toBe(times.length);
      }),
      runs,
    );
  });

  it('of devices: by name', () => {
    const { fettle, ask } = open();
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'B', 'b', 'ä', ''), { maxLength: 20 }), aLimit, (names, limit) => {
        fettle.db.exec('DELETE FROM devices');
        for (const [index, hostname] of names.entries()) {
          const id = `d_${(index * 7) % 20}`;
          fettle.devices.put(aDevice({ id, hostname, publicKey: id }));
        }
        const first = { hostname: '', id: '' };
        const page = (after: typeof first) => ask('devices', eva, { match: '', sinceMs: 0, after, limit });
        const seen = allOf(page, first, ({ hostname, id }) => ({ hostname, id }));
        const keys = seen.map(({ hostname, id }) => `${hostname}\n${id}`);
        expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
        expect(new Set(keys).size).toBe(names.length);
      }),
      runs,
    );
  });

  it('of events: from the one asked for, in the order in which they were', () => {
    const { fettle, ask } = open();
    const [device] = fettle.devices.all();
    if (!device) throw new Error('a device');
    const head = { kind: 'device', change: 'changed', at: 't', device: 'd_1', view: deviceView(device) } as const;
    for (let n = 0; n < 10; n += 1) {
      const tenant = n % 3 === 0 ? 'bistro' : 'acme';
      fettle.events.add(NOW, tenant, (seq) => ({ ...head, seq, tenant }));
    }
    const page = (afterSeq: number) => ask('events', eva, { afterSeq, limit: 2 });
    expect(allOf(page, 0, ({ seq }) => seq).map(({ seq }) => seq)).toEqual([2, 3, 5, 6, 8, 9]);
    expect(ask('event range', SYSTEM, {})).toEqual({ first: 1, last: 10 });
  });
});

it('what is for the program itself is answered to nobody else', () => {
  const { ask } = open();
  const own = [
    () => ask('device marks', eva, { id: 'd_1' }),
    () => ask('newest readings', eva, { device: 'd_1' }),
    () => ask('devices alerting', eva, { rule: 'disk.space' }),
    () => ask('event range', eva, {}),
    () => ask('session', eva, { hash: 'h' }),
    () => ask('api token', eva, { hash: 'h' }),
    () => ask('rights changes', eva, {}),
    () => ask('server id', eva, {}),
    () => ask('external systems', eva, {}),
    () => ask('external due', eva, { tenant: 'acme', nowMs: NOW, lookBeforeMs: NOW, limit: 1 }),
    () => ask('orphan readings', eva, {}),
    () => ask('notice counts', eva, { sinceMs: 0 }),
    () => ask('external failing', eva, {}),
  ];
  for (const question of own) expect(question).toThrow('for the program itself');
});

describe('a list shows what was asked for', () => {
  it.each([
    [{}, ['a_1', 'a_2', 'a_3', 'a_4']],
    [{ states: ['open'] }, ['a_1', 'a_4']],
    [{ states: ['acked', 'resolved'] }, ['a_2', 'a_3']],
    [{ severity: 'critical' }, ['a_2']],
    [{ device: 'd_2' }, ['a_4']],
    [{ rule: 'cpu.sustained' }, ['a_3']],
    [{ rule: 'cpu.sustained', severity: 'critical' }, []],
  ])('alerts: %j', (filter, expected) => {
    const { fettle, ask } = open();
    fettle.alerts.put(anAlert());
    fettle.alerts.put(anAlert({ id: 'a_2', instance: '2', state: 'acked', severity: 'critical' }));
    fettle.alerts.put(anAlert({ id: 'a_3', rule: 'cpu.sustained', state: 'resolved' }));
    fettle.alerts.put(anAlert({ id: 'a_4', device: 'd_2', tenant: 'bistro' }));
    const seen = ask('alerts', SYSTEM, { ...ANY_ALERT, ...filter, after: NEWEST, limit: 10 });
    expect(seen.map(({ id }) => id).toSorted()).toEqual(expected);
  });

  it.each([
    ['', 3],
    ['srv', 1],
    ['SRV-0', 1],
    ['linux', 3],
    ['Server', 3],
    ['online', 3],
    ['BÜRO', 1],
    ['büro', 1],
    ['%', 0],
  ])('devices that match "%s"', (match, count) => {
    const { fettle, ask } = open();
    fettle.devices.put(aDevice({ id: 'd_3', publicKey: 'key-3', hostname: 'BÜRO-PC' }));
    const after = { hostname: '', id: '' };
    expect(ask('devices', SYSTEM, { match, sinceMs: 0, after, limit: 10 })).toHaveLength(count);
  });

  it('devices enrolled at a moment or later', () => {
    const { fettle, ask } = open();
    const after = { hostname: '', id: '' };
    const laterMs = NOW + 1;
    fettle.devices.put(aDevice({ id: 'd_3', publicKey: 'key-3', hostname: 'new', enrolledMs: laterMs }));
    const since = (sinceMs: number) => ask('devices', SYSTEM, { match: '', sinceMs, after, limit: 10 });
    expect(since(laterMs).map(({ id }) => id)).toEqual(['d_3']);
    expect(since(laterMs + 1)).toEqual([]);
  });
});

describe('nobody sees anything of a tenant that is not theirs', () => {
  const filled = () => {
    const stores = open();
    const { alerts, tickets, events } = stores.fettle;
    for (const [n, tenant] of ['acme', 'bistro'].entries()) {
      const own = { tenant, device: `d_${n + 1}`, site: 'x' };
      alerts.put(anAlert({ ...own, id: `a_${tenant}`, ticket: `t_${tenant}` }));
      tickets.put(aTicket({ ...own, id: `t_${tenant}`, key: tenant }));
      const view = deviceView(aDevice({ id: own.device, tenant }));
      events.add(NOW, tenant, (seq) => ({ kind: 'device', change: 'changed', seq, at: 't', ...own, view }));
    }
    return stores;
  };
  const lists = {
    devices: { match: '', sinceMs: 0, after: { hostname: '', id: '' }, limit: 9 },
    'all devices': {},
    alerts: { ...ANY_ALERT, after: NEWEST, limit: 9 },
    tickets: { states: [], device: '', after: { createdMs: NOW + 1, id: '' }, limit: 9 },
    events: { afterSeq: 0, limit: 9 },
  } as const;

  it.each(Object.keys(lists) as (keyof typeof lists)[])('in the list of %s', (kind) => {
    const { ask } = filled();
    const tenantsSeen = (actor: Actor) => ask(kind, actor, lists[kind]).map(({ tenant }) => tenant);
    expect([eva, otto, nobody, SYSTEM].map((actor) => tenantsSeen(actor).toSorted())).toEqual([
      ['acme'],
      ['bistro'],
      [],
      ['acme', 'bistro'],
    ]);
  });

  it.each(['device', 'device details', 'alert', 'ticket'] as const)('by asking for one %s', (kind) => {
    const { ask } = filled();
    const id = { device: 'd_2', 'device details': 'd_2', alert: 'a_bistro', ticket: 't_bistro' }[kind];
    expect([eva, nobody].map((actor) => ask(kind, actor, { id }))).toEqual([undefined, undefined]);
    expect([otto, SYSTEM].map((actor) => ask(kind, actor, { id }))).not.toContain(undefined);
  });

  it('in a chart or a count', () => {
    const { ask } = filled();
    const chart = { device: 'd_2', metrics: [], fromMs: 0, toMs: 1_000, points: 1 };
    expect(ask('series', eva, chart)).toBeUndefined();
    expect(ask('series', otto, chart)).toBeDefined();
    expect(ask('open alerts', eva, {})).toEqual([{ device: 'd_1', severity: 'warning', count: 1 }]);
    expect(ask('open alerts by rule', otto, {})).toEqual([{ tenant: 'bistro', rule: 'disk.space', count: 1 }]);
    expect(ask('open alerts', nobody, {})).toEqual([]);
  });

  it('and a ticket comes with its notes and alerts', () => {
    const { fettle, ask } = filled();
    fettle.tickets.addNote('t_acme', { atMs: NOW, note: { by: 'eva', what: 'noted', text: 'Hm.' }, facts: [] });
    expect(ask('ticket', eva, { id: 't_acme' })).toMatchObject({
      ticket: { id: 't_acme', deviceName: 'srv-01' },
      notes: [{ text: 'Hm.' }],
      alerts: [{ id: 'a_acme', deviceName: 'srv-01' }],
    });
  });
});
