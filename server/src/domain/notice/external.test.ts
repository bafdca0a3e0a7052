import type { AlertmanagerMessage } from '@fettle/shared/api/notice.schema';
import { describe, expect, it } from 'vitest';

import { externalAlerts, externalRule, externalTitle, externalTransition, safeLink } from './external.ts';

type Told = AlertmanagerMessage['alerts'][number];

const aTold = (change: Partial<Told> = {}): Told => ({
  status: 'firing',
  labels: { alertname: 'DiskFull', severity: 'critical' },
  annotations: {},
  startsAt: '2026-11-23T12:00:00Z',
  fingerprint: 'f1',
  ...change,
});

const one = (change: Partial<Told> = {}) => {
  const [alert] = externalAlerts({ alerts: [aTold(change)] });
  if (!alert) throw new Error('nothing came of it');
  return alert;
};

describe('an alert of another system', () => {
  it.each<[string, Partial<Told>, object]>([
    ['is called as there', {}, { rule: 'external.DiskFull', instance: 'f1', isFiring: true, severity: 'critical' }],
    ['without a name is unnamed', { labels: {} }, { rule: 'external.unnamed', severity: 'warning' }],
    ['has a name that is bounded', { labels: { alertname: 'x'.repeat(500) } }, { rule: `external.${'x'.repeat(150)}` }],
    ['is critical by other words too', { labels: { severity: 'PAGE' } }, { severity: 'critical' }],
    ['is a warning by all others', { labels: { severity: 'info' } }, { severity: 'warning' }],
    ['began when it says', {}, { atMs: Date.UTC(2026, 10, 23, 12) }],
    [
      'ended when it says',
      { status: 'resolved', endsAt: '2026-11-23T13:00:00Z' },
      { isFiring: false, atMs: Date.UTC(2026, 10, 23, 13) },
    ],
    ['ended at some time', { status: 'resolved' }, { isFiring: false, atMs: Date.UTC(2026, 10, 23, 12) }],
    [
      'ends in the future, which is no matter while it fires',
      { endsAt: '2027-01-01T00:00:00Z' },
      { atMs: Date.UTC(2026, 10, 23, 12) },
    ],
  ])('%s', (_name, change, expected) => {
    expect(one(change)).toMatchObject(expected);
  });

  it.each<[Partial<Told>, boolean, string]>([
    [{}, false, 'fire'],
    [{}, true, 'raise'],
    [{ labels: { severity: 'warning' } }, true, 'lower'],
    [{ labels: { severity: 'warning' } }, false, 'fire'],
    [{ status: 'resolved' }, true, 'resolve'],
    [{ status: 'resolved' }, false, 'resolve'],
  ])('%j, open here: %s, is a %s', (change, isOpen, expected) => {
    const told = externalTransition(one(change), isOpen);
    expect(told).toMatchObject({ change: expected, reason: expected === 'resolve' ? 'recovered' : 'threshold' });
    expect(told.since).toBe(told.at);
  });

  it('has the words that came with it', () => {
    const words = {
      labels: { alertname: 'DiskFull', team: 'db' },
      annotations: { summary: 'Full', description: 'It is full.', runbook_url: 'https://wiki.example/disk' },
    };
    expect(externalRule('external.DiskFull', words)).toMatchObject({
      title: 'Full',
      text: 'It is full.\nalertname: DiskFull\nteam: db\nhttps://wiki.example/disk',
      ticket: { atOnce: [], when: [{ severity: 'critical' }] },
      urgency: ['medium', 'high'],
    });
    expect(externalTitle('external.x', { labels: { alertname: 'DiskFull' }, annotations: {} })).toBe('DiskFull');
    expect(externalTitle('external.x', { labels: {}, annotations: {} })).toBe('external.x');
    expect(externalRule('external.x', { labels: {}, annotations: {} }).text).toBe('');
  });
});

it.each([
  ['http://prometheus.example:9090/graph?g0.expr=up%3D%3D0', 'http://prometheus.example:9090/graph?g0.expr=up%3D%3D0'],
  ['https://wiki.example/runbooks/disk', 'https://wiki.example/runbooks/disk'],
  ['javascript:alert(1)', null],
  [' JaVaScRiPt:alert(1)', null],
  ['data:text/html,<script>alert(1)</script>', null],
  ['file:///etc/passwd', null],
  ['https://bank.example@evil.example/', null],
  ['/relative', null],
  ['', null],
  [null, null],
  [undefined, null],
])('%s is followed as %s', (text, expected) => {
  expect(safeLink(text)).toBe(expected);
});
