// What is put into a table comes out as it was, with every field filled and with every one that may be empty, empty.
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, aTicket, aTransition, anAlert, openStores } from '../fixture.ts';

describe('a device', () => {
  it.each([
    ['with all', aDevice({ goodbye: 'reboot', bootedMs: 1, lostRecords: 3 })],
    ['with nothing', aDevice({ bootedMs: null, goodbye: null, clockOffsetMs: -5 })],
    ['with a name that looks like SQL', aDevice({ hostname: "x'); DROP TABLE devices; --", bootId: '\u{1F5A5}"\n' })],
  ])('%s', (_name, device) => {
    const { devices } = openStores().fettle;
    devices.put(device);
    expect([devices.get('d_1'), devices.ofKey('key-1')]).toEqual([device, device]);
    expect(devices.all()).toEqual([device]);
  });

  it('is replaced as a whole', () => {
    const { devices } = openStores().fettle;
    const other = aDevice({
      hostname: 'renamed',
      os: 'windows',
      class: 'laptop',
      presence: 'away',
      goodbye: 'suspend',
      lastSeenMs: 1,
    });
    devices.put(other);
    expect(devices.get('d_1')).toEqual(other);
    devices.seen('d_1', 7);
    expect(devices.get('d_1')).toEqual({ ...other, lastSeenMs: 7 });
  });

  it('has its key alone', () => {
    const { devices } = openStores().fettle;
    expect(() => devices.put(aDevice({ id: 'd_2' }))).toThrow('UNIQUE constraint failed: devices.public_key');
  });

  it('takes with it what is its own', () => {
    const { db, devices, marks, alerts, tickets } = openStores().fettle;
    marks.put('d_1', { epoch: 'e', seq: 1, hash: '' });
    alerts.put(anAlert());
    tickets.put(aTicket());
    tickets.addNote('t_1', { atMs: NOW, note: { by: 'eva', what: 'noted', text: 'x' }, facts: [] });
    devices.remove('d_1');
    const left = ['devices', 'alert_marks', 'alerts', 'tickets', 'ticket_notes'].filter(
      (table) => db.prepare(`SELECT 1 FROM ${table}`).all().length > 0,
    );
    expect(left).toEqual([]);
  });
});

describe('an alert', () => {
  it.each([
    ['with all', anAlert({ state: 'acked', ackedBy: 'eva', ticket: 't_1', resolvedMs: NOW, severity: 'critical' })],
    ['with nothing', anAlert({ evidence: [], instance: '', sinceMs: 0 })],
    ['kept quiet', anAlert({ hush: { why: 'parent', by: 'a_2', untilMs: null }, heard: 'nothing', isFirst: true })],
    ['that flaps', anAlert({ flapping: { sinceMs: NOW, isClear: true }, firesMs: [1, 2], assignee: 'eva' })],
    ['with what used most', anAlert({ processes: [{ pid: 7, name: '"(é)', cpu: 1.98, memoryBytes: 2 ** 40 }] })],
  ])('%s', (_name, alert) => {
    const { alerts, tickets } = openStores().fettle;
    tickets.put(aTicket());
    alerts.put(alert);
    expect([alerts.get('a_1'), alerts.newestOf(alert.key)]).toEqual([alert, alert]);
    const ticketNumber = alert.ticket === null ? null : aTicket().number;
    const names = { deviceName: 'srv-01', presence: 'online', ticketNumber, toldTitle: null };
    expect(alerts.named('a_1')).toEqual({ ...alert, ...names });
    expect(alerts.openOf('d_1')).toEqual([alert]);
  });

  it('keeps its evidence to the last digit', () => {
    const { alerts } = openStores().fettle;
    const evidence = [
      { ...aTransition().evidence[0], metric: 'm', value: 0.1 + 0.2, mean: 1e-300, threshold: 2 ** 58 },
    ];
    alerts.put(anAlert({ evidence }));
    expect(alerts.get('a_1')?.evidence).toEqual(evidence);
  });

  it('is open once per key, and resolved as often as it was', () => {
    const { alerts } = openStores().fettle;
    alerts.put(anAlert({ state: 'resolved' }));
    alerts.put(anAlert({ id: 'a_2', state: 'resolved' }));
    alerts.put(anAlert({ id: 'a_3' }));
    for (const state of ['open', 'acked'] as const) {
      expect(() => alerts.put(anAlert({ id: 'a_4', state }))).toThrow('UNIQUE constraint failed: alerts.key');
    }
  });

  it('that is open is the newest of its key, whatever the clock said', () => {
    const { alerts } = openStores().fettle;
    const key = anAlert().key;
    alerts.put(anAlert({ id: 'a_1', state: 'resolved', updatedMs: NOW + 1 }));
    alerts.put(anAlert({ id: 'a_2', state: 'resolved', updatedMs: NOW + 2 }));
    expect(alerts.newestOf(key)?.id).toBe('a_2');
    alerts.put(anAlert({ id: 'a_3', updatedMs: NOW - 1 }));
    expect(alerts.newestOf(key)?.id).toBe('a_3');
  });
});

describe('a ticket', () => {
  it.each([
    ['with all', aTicket({ assignee: 'eva', isTouched: true, resolvedMs: NOW, reopenedMs: [1, 2], reopened: 2 })],
    ['with nothing', aTicket({ body: '', subject: '', instance: '' })],
  ])('%s', (_name, ticket) => {
    const { tickets } = openStores().fettle;
    tickets.put(ticket);
    expect([tickets.get('t_1'), tickets.newestOf(ticket.key)]).toEqual([ticket, ticket]);
    expect(tickets.named('t_1')).toEqual({ ...ticket, deviceName: 'srv-01' });
  });

  it.each(['new', 'open', 'waiting'] as const)('is %s once per key, and is the newest then', (state) => {
    const { tickets } = openStores().fettle;
    tickets.put(aTicket({ state: 'resolved', createdMs: NOW + 2 }));
    tickets.put(aTicket({ id: 't_2', number: 'ACME-2', state: 'closed', createdMs: NOW + 1 }));
    tickets.put(aTicket({ id: 't_3', number: 'ACME-3', state, createdMs: NOW }));
    expect(tickets.newestOf(aTicket().key)?.id).toBe('t_3');
    expect(() => tickets.put(aTicket({ id: 't_4', number: 'ACME-4' }))).toThrow(
      'UNIQUE constraint failed: tickets.key',
    );
  });

  it('has its number alone, counted by tenant', () => {
    const { tickets, tenants } = openStores().fettle;
    tenants.put('bistro', 'Bistro', 'BIS');
    const numbers = ['acme', 'acme', 'bistro', 'acme', 'nobody'].map((tenant) => tickets.nextNumber(tenant));
    expect(numbers).toEqual(['ACME-1', 'ACME-2', 'BIS-1', 'ACME-3', '']);
    tickets.put(aTicket());
    expect(() => tickets.put(aTicket({ id: 't_2', key: 'other' }))).toThrow(/UNIQUE constraint failed: tickets.tenant/);
  });

  it('has its notes in their order', () => {
    const { tickets } = openStores().fettle;
    tickets.put(aTicket());
    const notes = (['opened', 'taken', 'noted'] as const).map((what) => ({ by: 'eva', what, text: `${what}.` }));
    for (const note of notes) tickets.addNote('t_1', { atMs: NOW, note, facts: [] });
    expect(tickets.notes('t_1')).toEqual(notes.map((note) => ({ ...note, atMs: NOW, isInternal: false })));
  });
});

describe('a timer', () => {
  it('is one per kind and subject, and due when its time has come, the earliest first', () => {
    const { timers } = openStores().fettle;
    timers.put({ kind: 'close ticket', subject: 't_1', dueMs: 30 });
    timers.put({ kind: 'resolve ticket', subject: 't_1', dueMs: 20 });
    timers.put({ kind: 'close ticket', subject: 't_1', dueMs: 10 });
    timers.put({ kind: 'open ticket', subject: 'a_1', dueMs: 21 });
    expect(timers.due(20, 9).map(({ kind }) => kind)).toEqual(['close ticket', 'resolve ticket']);
    expect(timers.due(99, 2)).toHaveLength(2);
    timers.drop('close ticket', 't_1');
    expect(timers.due(20, 9).map(({ kind }) => kind)).toEqual(['resolve ticket']);
  });
});
