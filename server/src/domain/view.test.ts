import { feedEvent as feedEventSchema } from '@fettle/shared/api/feed.schema';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, aTicket, anAlert } from '../fixture.ts';
import { type LogEntry, alertView, deviceView, feedEvent, instantOf, ticketView } from './view.ts';

it.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [NOW, '2026-11-23T12:00:00.000Z'],
  [NOW + 7, '2026-11-23T12:00:00.007Z'],
  [-1, '1969-12-31T23:59:59.999Z'],
])('%i ms since 1970 is %s', (ms, text) => {
  expect(instantOf(ms)).toBe(text);
});

const NAMELESS = { presence: 'online' as const, title: undefined, ticketNumber: null };

describe('what the feed tells', () => {
  const entries: readonly (readonly [string, LogEntry])[] = [
    [
      'an alert',
      {
        kind: 'alert',
        change: 'fired',
        alert: anAlert({ ticket: 't_1' }),
        names: { title: 'Disk', ticketNumber: 'ACME-1' },
      },
    ],
    ['a resolved alert', { kind: 'alert', change: 'resolved', alert: anAlert({ resolvedMs: NOW }), names: NAMELESS }],
    ['a ticket', { kind: 'ticket', change: 'opened', ticket: aTicket() }],
    [
      'a ticket that waits',
      { kind: 'ticket', change: 'waiting', ticket: aTicket({ wait: { for: 'vendor', untilMs: NOW, reason: 'x' } }) },
    ],
    [
      'a stage',
      { kind: 'sla', change: 'warning', stage: { clock: 'response', stage: '75', isLate: true }, ticket: aTicket() },
    ],
    [
      'a resolved ticket',
      { kind: 'ticket', change: 'resolved', ticket: aTicket({ resolvedMs: NOW, assignee: 'eva' }) },
    ],
    ['a device', { kind: 'device', change: 'presence', device: aDevice({ goodbye: 'stop', bootedMs: null }) }],
  ];

  it.each(entries)('of %s is what the schema says, as text and back', (_name, entry) => {
    const event = feedEvent(entry, aDevice(), { seq: 5, atMs: NOW });
    expect(feedEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    expect(event).toMatchObject({ seq: 5, at: instantOf(NOW), tenant: 'acme', device: 'd_1' });
  });
});

describe('a view', () => {
  it('of an alert names the device, and the rule by its id when that has no title any more', () => {
    expect(alertView(anAlert({ rule: 'old.rule' }), { ...NAMELESS, deviceName: 'srv-01' })).toMatchObject({
      deviceName: 'srv-01',
      title: 'old.rule',
      resolvedAt: null,
    });
    const resolved = anAlert({ resolvedMs: NOW + 1 });
    expect(alertView(resolved, { ...NAMELESS, deviceName: '' }).resolvedAt).toBe('2026-11-23T12:00:00.001Z');
  });

  it('of an alert gives each reading its unit, and nothing where there is none', () => {
    const STILL = { rise: null, withinMs: null };
    const evidence = [
      { metric: 'fettle.filesystem.available', value: 5, mean: 0 },
      { metric: 'no.such', value: 0, threshold: 0 },
    ];
    expect(alertView(anAlert({ evidence }), { ...NAMELESS, deviceName: '' }).evidence).toEqual([
      { metric: 'fettle.filesystem.available', unit: 'By', value: 5, mean: 0, threshold: null, ...STILL },
      { metric: 'no.such', unit: '', value: 0, mean: null, threshold: 0, ...STILL },
    ]);
  });

  it('of an alert says what used most, and where that is not known', () => {
    const processes = [
      { pid: 7, name: 'node', cpu: 1.5, memoryBytes: 4096 },
      { pid: 8, name: 'java', memoryBytes: 8192 },
    ];
    expect(alertView(anAlert({ processes }), { ...NAMELESS, deviceName: '' }).processes).toEqual([
      { pid: 7, name: 'node', cpu: 1.5, memoryBytes: 4096 },
      { pid: 8, name: 'java', cpu: null, memoryBytes: 8192 },
    ]);
  });

  it('of a ticket or a device shows nothing of what only the server needs', () => {
    expect(ticketView(aTicket({ key: 'hidden', reopenedMs: [1] }), 'srv-01')).not.toHaveProperty('key');
    expect(JSON.stringify(deviceView(aDevice({ publicKey: 'hidden' })))).not.toContain('hidden');
  });
});

describe('an alert is up to date', () => {
  it.each([
    ['online', 'open', false],
    ['unknown', 'open', false],
    ['offline', 'open', true],
    ['asleep', 'acked', true],
    ['offline', 'resolved', false],
  ] as const)('or stale: of a device that is %s, %s: %s', (presence, state, stale) => {
    expect(alertView(anAlert({ state }), { ...NAMELESS, deviceName: 'srv-01', presence })).toMatchObject({ stale });
  });

  it('with what keeps it quiet, and that it comes and goes', () => {
    const hush = { why: 'parent', by: 'a_9', untilMs: null } as const;
    const alert = anAlert({ hush, flapping: { sinceMs: NOW, isClear: true } });
    expect(alertView(alert, { ...NAMELESS, deviceName: 'srv-01' })).toMatchObject({
      quiet: { why: 'parent', by: 'a_9', until: null },
      flapping: { since: instantOf(NOW), clear: true },
    });
  });
});

it('what is about no device has no name of one', () => {
  const entry = { kind: 'ticket', change: 'opened', ticket: aTicket({ device: null }) } as const;
  const event = feedEvent(entry, { tenant: 'acme', id: '', hostname: '' }, { seq: 1, atMs: NOW });
  expect(event).toMatchObject({ device: '', ticket: { deviceName: null } });
  const alert = { kind: 'alert', change: 'fired', alert: anAlert(), names: NAMELESS } as const;
  const about = { tenant: 'acme', id: 'd_1', hostname: 'srv-01' };
  expect(feedEvent(alert, about, { seq: 1, atMs: NOW })).toMatchObject({
    alert: { deviceName: 'srv-01', stale: false },
  });
});
