import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, anAlert } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import { type PostureFacts, postureOf } from './posture.ts';

const PREEXISTING = { why: 'preexisting', by: null, untilMs: null } as const;

const book = ruleBookAt({ divisor: 1 });
const posture = (facts: Partial<PostureFacts>) =>
  postureOf({ alerts: [], devices: [aDevice()], windows: [], nowMs: NOW, bookFor: () => book, ...facts });

const said = (facts: Partial<PostureFacts>) =>
  posture(facts).map(({ tenant, rule, kind, count }) => `${tenant} ${rule} ${kind} ${count}`);

const window = (startMs: number, change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: 'w_1',
  tenant: 'acme',
  scope: { kind: 'device', id: 'd_1' },
  time: { kind: 'once', startMs, endMs: NOW + HOUR_MS },
  reason: 'a new building',
  by: 'eva',
  ...change,
});

describe('of alerts', () => {
  it.each([
    ['what was so before is listed', anAlert({ hush: PREEXISTING }), ['acme disk.space preexisting 1']],
    [
      'what opens no ticket is listed',
      anAlert({ rule: 'battery.health', instance: 'BAT0' }),
      ['acme battery.health upkeep 1'],
    ],
    ['what opens one is not', anAlert(), []],
    ['what opens one later is not', anAlert({ rule: 'cpu.sustained' }), []],
    ['of a device that is gone nothing is', anAlert({ device: 'd_9', hush: PREEXISTING }), []],
    ['of a rule that nobody knows nothing is', anAlert({ rule: 'none' }), []],
  ])('%s', (_name, alert, expected) => {
    expect(said({ alerts: [alert] })).toEqual(expected);
  });

  it('one item of a tenant and rule names its devices, the most first, tenant by tenant', () => {
    const devices = [aDevice(), aDevice({ id: 'd_2', hostname: 'srv-02' }), aDevice({ id: 'd_3', tenant: 'bistro' })];
    const alerts = [
      anAlert({ id: 'a_1', hush: PREEXISTING, rule: 'service.stopped' }),
      ...devices.map(({ id, tenant }) => anAlert({ id: `a_${id}`, device: id, tenant, hush: PREEXISTING })),
    ];
    expect(said({ devices, alerts })).toEqual([
      'acme disk.space preexisting 2',
      'acme service.stopped preexisting 1',
      'bistro disk.space preexisting 1',
    ]);
    expect(posture({ devices, alerts })[0]?.devices).toEqual([
      { id: 'd_1', name: 'srv-01', site: 'office', instance: '/', since: '2026-11-23T12:00:00.000Z' },
      { id: 'd_2', name: 'srv-02', site: 'office', instance: '/', since: '2026-11-23T12:00:00.000Z' },
    ]);
  });

  it('names five hundred devices at most, and counts all', () => {
    const devices = Array.from({ length: 501 }, (_, index) => aDevice({ id: `d_${index}` }));
    const alerts = devices.map(({ id }) => anAlert({ device: id, hush: PREEXISTING }));
    const [item] = posture({ devices, alerts });
    expect([item?.count, item?.devices.length]).toEqual([501, 500]);
  });
});

describe('of devices that nobody hears', () => {
  const gone = { presence: 'away', lastSeenMs: NOW - 30 * DAY_MS } as const;

  it.each([
    ['for 30 days', gone, ['acme device.silent silent 1']],
    ['for less', { ...gone, lastSeenMs: gone.lastSeenMs + 1 }, []],
    ['because they are there', { ...gone, presence: 'online' as const }, []],
    ['because they are being retired', { ...gone, presence: 'retiring' as const }, []],
    ['because another agent looks after them', { ...gone, watchedBy: 'd_2' }, []],
  ])('%s', (_name, change, expected) => {
    expect(said({ devices: [aDevice(change)] })).toEqual(expected);
  });

  it('the item says what to do', () => {
    expect(posture({ devices: [aDevice(gone)] })[0]?.title).toBe('Not heard for 30 days: find it, or retire it');
  });
});

describe('of maintenance', () => {
  it.each([
    ['of more than a day is listed', window(NOW - DAY_MS - 1), ['acme maintenance.long maintenance 1']],
    ['of a day is not', window(NOW - DAY_MS), []],
    ['that has not begun is not', window(NOW + 1), []],
    ['of another device is not', window(NOW - 2 * DAY_MS, { scope: { kind: 'device', id: 'd_2' } }), []],
  ])('%s', (_name, one, expected) => {
    expect(said({ windows: [one] })).toEqual(expected);
  });
});
