import type { AlertView, TicketDetail, TicketView } from '@fettle/shared/api/alert.schema';
import type { DeviceView } from '@fettle/shared/api/device.schema';
import { describe, expect, it } from 'vitest';

import { mostUrgentFirst, newestFirst } from './order.ts';
import { inOrder, patchAlerts, patchDevices, patchReadings, patchStale, patchTicket, patchTickets } from './patch.ts';
import type { AlertFilter, AlertPages, DevicePages, Pages, TicketPages } from './queries.ts';

const minute = (number: number): string => new Date(Date.UTC(2026, 10, 23, 12, number)).toISOString();

const alert = (id: string, change: Partial<AlertView> = {}): AlertView => ({
  id,
  tenant: 'home',
  site: 'home',
  device: 'd_1',
  deviceName: 'nas',
  rule: 'disk.space',
  title: 'Disk space is running out',
  instance: '/',
  state: 'open',
  severity: 'warning',
  since: minute(0),
  updatedAt: minute(0),
  resolvedAt: null,
  reason: 'threshold',
  occurrences: 1,
  evidence: [],
  processes: [],
  assignee: null,
  quiet: null,
  told: 'fired',
  flapping: null,
  stale: false,
  ticket: null,
  ticketNumber: null,
  ...change,
});

const current: AlertFilter = { states: ['open', 'acked'], severity: null, device: null, rule: null };

const pagesOf = <T, F>(filter: F, ...pages: readonly (readonly T[])[]): Pages<T, F> => ({
  pages: pages.map((items) => ({ items, next: null, filter })),
  pageParams: pages.map(() => null),
});
const ids = <T extends { readonly id: string }, F>(pages: Pages<T, F>): readonly (readonly string[])[] =>
  pages.pages.map(({ items }) => items.map(({ id }) => id));

describe('alerts', () => {
  const held: AlertPages = pagesOf(current, [alert('1'), alert('2')], [alert('3')]);

  it('a new one goes in front', () => {
    expect(ids(patchAlerts(held, alert('9')))).toEqual([['9', '1', '2'], ['3']]);
  });

  it('a changed one stays in its place, on its page', () => {
    const patched = patchAlerts(held, alert('3', { state: 'acked', updatedAt: minute(1) }));
    expect(ids(patched)).toEqual([['1', '2'], ['3']]);
    expect(patched.pages[1]?.items[0]?.state).toBe('acked');
    expect(patched.pages[0]).toBe(held.pages[0]);
  });

  it('one that no longer belongs is taken out', () => {
    expect(ids(patchAlerts(held, alert('2', { state: 'resolved', updatedAt: minute(1) })))).toEqual([['1'], ['3']]);
  });

  it('the same twice changes nothing more, and an older one nothing at all', () => {
    const newer = alert('1', { severity: 'critical', updatedAt: minute(2) });
    const once = patchAlerts(held, newer);
    expect(patchAlerts(once, newer)).toEqual(once);
    expect(patchAlerts(once, alert('1', { updatedAt: minute(1) }))).toBe(once);
  });

  it.each<[string, Partial<AlertFilter>]>([
    ['severity', { severity: 'critical' }],
    ['device', { device: 'd_2' }],
    ['rule', { rule: 'cpu.sustained' }],
    ['state', { states: ['resolved'] }],
  ])('another %s stays out', (_name, filter) => {
    const narrow: AlertPages = pagesOf({ ...current, ...filter }, []);
    expect(patchAlerts(narrow, alert('9'))).toBe(narrow);
  });

  it('are as good as the word of their device, and those of others stay the same', () => {
    const gone = patchStale(held, { id: 'd_1', presence: 'offline' });
    expect(gone.pages.flatMap(({ items }) => items.map(({ stale }) => stale))).toEqual([true, true, true]);
    const back = patchStale(gone, { id: 'd_1', presence: 'online' });
    expect(back).toEqual(held);
    expect(patchStale(held, { id: 'd_2', presence: 'offline' })).toBe(held);
    const over: AlertPages = pagesOf(current, [alert('1', { state: 'resolved' })]);
    expect(patchStale(over, { id: 'd_1', presence: 'offline' })).toBe(over);
  });

  it('nothing happens to a list without a page', () => {
    const none: AlertPages = { pages: [], pageParams: [] };
    expect(patchAlerts(none, alert('1'))).toBe(none);
  });

  it('are shown newest first and each once, though pages overlap', () => {
    const overlapping: AlertPages = pagesOf(
      current,
      [alert('1', { since: minute(1) }), alert('2', { since: minute(5) })],
      [alert('1'), alert('3', { since: minute(3) })],
    );
    expect(inOrder(overlapping, newestFirst).map(({ id, since }) => [id, since])).toEqual([
      ['2', minute(5)],
      ['3', minute(3)],
      ['1', minute(1)],
    ]);
    expect(inOrder(undefined, newestFirst)).toEqual([]);
  });
});

const ticket = (id: string, change: Partial<TicketView> = {}): TicketView => ({
  id,
  number: `HOME-${id}`,
  tenant: 'home',
  site: 'home',
  device: 'd_1',
  deviceName: 'nas',
  rule: 'disk.space',
  instance: '/',
  state: 'new',
  priority: 'normal',
  subject: 'Disk space is running out on nas',
  requester: null,
  category: null,
  assignee: null,
  wait: null,
  mergedInto: null,
  wontFixUntil: null,
  since: minute(0),
  updatedAt: minute(0),
  resolvedAt: null,
  reopened: 0,
  fires: 1,
  version: 1,
  ...change,
});

describe('tickets', () => {
  const held: TicketPages = pagesOf({ states: ['new', 'open', 'waiting'], device: null }, [ticket('1')]);

  it('go by version', () => {
    const taken = patchTickets(held, ticket('1', { state: 'open', assignee: 'Ada', version: 2 }));
    expect(taken.pages[0]?.items[0]?.assignee).toBe('Ada');
    expect(patchTickets(taken, ticket('1'))).toBe(taken);
    expect(ids(patchTickets(taken, ticket('1', { state: 'resolved', version: 3 })))).toEqual([[]]);
  });

  it('keep what only the detail knows', () => {
    const detail: TicketDetail = {
      ...ticket('1', { version: 4 }),
      body: 'text',
      steps: ['look'],
      alerts: [],
      sla: null,
      minutesSpent: 0,
      links: [],
      evidence: [],
      timeline: [],
    };
    expect(patchTicket(detail, ticket('1', { version: 3 }))).toBe(detail);
    expect(patchTicket(detail, ticket('1', { version: 5, state: 'resolved' }))).toMatchObject({
      state: 'resolved',
      body: 'text',
      steps: ['look'],
    });
  });

  it('are shown most urgent first, then the oldest, what is done last', () => {
    const queue: TicketPages = pagesOf({ states: [], device: null }, [
      ticket('done', { state: 'resolved', priority: 'critical' }),
      ticket('young', { since: minute(9) }),
      ticket('old', { since: minute(2) }),
      ticket('high', { priority: 'high', since: minute(9) }),
    ]);
    expect(inOrder(queue, mostUrgentFirst).map(({ id }) => id)).toEqual(['high', 'old', 'young', 'done']);
  });
});

const device = (id: string, name: string): DeviceView => ({
  id,
  tenant: 'home',
  site: 'home',
  name,
  os: 'linux',
  class: 'server',
  agentVersion: '0.1.0',
  presence: 'online',
  presenceSince: minute(0),
  lastSeen: minute(0),
  enrolledAt: minute(0),
  watchedBy: null,
  cloneOf: null,
  tags: [],
  clockOffsetMs: 0,
  openAlerts: { warning: 2, critical: 1 },
  readings: { at: minute(0), cpu: 0.5, memory: 0.5, fullestVolume: null },
});

const bare = ({ readings: _readings, openAlerts: _openAlerts, ...view }: DeviceView) => view;
type DeviceEvent = Parameters<typeof patchDevices>[1];
const changed = (change: DeviceEvent['change'], view: DeviceEvent['view']): DeviceEvent => ({
  seq: 1,
  at: minute(1),
  tenant: 'home',
  device: view.id,
  kind: 'device',
  change,
  view,
});

describe('devices', () => {
  const held: DevicePages = pagesOf({ q: 'NAS' }, [device('1', 'nas-1')]);

  it('keep readings and alert counts over a change of presence', () => {
    const patched = patchDevices(held, changed('presence', { ...bare(device('1', 'nas-1')), presence: 'offline' }));
    expect(patched.pages[0]?.items[0]).toEqual({ ...device('1', 'nas-1'), presence: 'offline' });
  });

  it('come with their enrolment where the filter fits, and go when removed', () => {
    const more = patchDevices(held, changed('enrolled', bare(device('2', 'nas-2'))));
    expect(ids(more)).toEqual([['2', '1']]);
    expect(more.pages[0]?.items[0]?.readings.cpu).toBeNull();
    expect(patchDevices(held, changed('enrolled', bare(device('3', 'desk'))))).toBe(held);
    expect(patchDevices(held, changed('presence', bare(device('4', 'nas-4'))))).toBe(held);
    expect(ids(patchDevices(more, changed('removed', bare(device('1', 'nas-1')))))).toEqual([['2']]);
  });

  it('take the readings that are theirs', () => {
    const readings = { at: minute(2), cpu: 0.9, memory: 0.4, fullestVolume: { mountpoint: '/', utilization: 0.7 } };
    expect(patchReadings(held, new Map([['1', readings]])).pages[0]?.items[0]?.readings).toBe(readings);
    expect(patchReadings(held, new Map([['7', readings]]))).toBe(held);
  });
});
