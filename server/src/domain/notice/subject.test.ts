import type { Presence } from '@fettle/shared/api/device.schema';
import { describe, expect, it } from 'vitest';

import { NOW, aTicket, anAlert } from '../../fixture.ts';
import type { Alert } from '../alert/alert.ts';
import { alertSubject, ticketSubject } from './subject.ts';

const hush = { why: 'muted', by: 'eva', untilMs: NOW } as const;
const names = { deviceName: 'srv-01', title: 'Disk', ticket: null, labels: {} };

describe('an alert', () => {
  it.each<[string, Partial<Alert>, Presence, string]>([
    ['that stands is open', {}, 'online', 'open'],
    ['that is quiet is quieted', { hush }, 'online', 'quieted'],
    ['of a device that is gone is: how it stands nobody knows', {}, 'offline', 'quieted'],
    ['that says so itself is open', { rule: 'device.offline' }, 'offline', 'open'],
    ['of a device that sleeps is open', {}, 'asleep', 'open'],
    ['that somebody has seen is quieted', { state: 'acked', ackedBy: 'eva' }, 'online', 'quieted'],
    ['that is resolved is over', { state: 'resolved', resolvedMs: NOW }, 'offline', 'over'],
  ])('%s', (_name, change, presence, standing) => {
    const subject = alertSubject({ ...anAlert(change), presence }, names);
    expect(subject).toMatchObject({ type: 'alert', standing, endedMs: change.resolvedMs ?? null, ...names });
  });
});

describe('a ticket', () => {
  it.each([
    ['critical', 'critical'],
    ['high', 'critical'],
    ['normal', 'warning'],
    ['low', 'warning'],
  ] as const)('of priority %s is as bad as a %s alert', (priority, severity) => {
    expect(ticketSubject(aTicket({ priority }), 'srv-01')).toMatchObject({
      severity,
      standing: 'open',
      type: 'ticket',
    });
  });

  it('of no device, which is done, says so', () => {
    const done = aTicket({ device: null, state: 'resolved', resolvedMs: NOW, reopened: 2 });
    expect(ticketSubject(done, null)).toMatchObject({
      device: '',
      deviceName: '',
      standing: 'over',
      endedMs: NOW,
      occurrences: 3,
      ticket: { id: 't_1', number: 'ACME-1' },
    });
  });
});
