import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, anAlert } from '../../fixture.ts';
import { hushFacts as facts } from './fixture.ts';
import { hushOf } from './hush.ts';

const NEW = aDevice({ enrolledMs: NOW - HOUR_MS });

const mute = { by: 'eva', untilMs: NOW + DAY_MS };
const parent = anAlert({ id: 'a_9', rule: 'smart.failed' });
const window = { id: 'w_1', untilMs: NOW + HOUR_MS };

describe('people are not told of', () => {
  it.each([
    ['what is muted', facts({ mute }), { why: 'muted', by: 'eva', untilMs: mute.untilMs }],
    ['what another alert says', facts({ parent }), { why: 'parent', by: 'a_9', untilMs: null }],
    ['what happens in a window', facts({ window }), { why: 'maintenance', by: 'w_1', untilMs: window.untilMs }],
    ['what may be the site’s', facts({ mayBeOutage: true }), { why: 'settling', by: null, untilMs: NOW + MINUTE_MS }],
    [
      'a muted problem in a window under a parent',
      facts({ mute, parent, window }),
      expect.objectContaining({ why: 'muted' }),
    ],
  ])('%s', (_name, given, expected) => {
    expect(hushOf(anAlert(), 'fired', given)).toEqual(expected);
  });

  it('nothing else', () => {
    expect(hushOf(anAlert(), 'fired', facts())).toBeUndefined();
    expect(hushOf(anAlert(), 'fired', facts({ mute: { ...mute, untilMs: NOW } }))).toBeUndefined();
    expect(hushOf(anAlert(), 'reopened', facts({ mayBeOutage: true }))).toBeUndefined();
  });

  it('what is snoozed, until it gets worse or the time has come', () => {
    const snoozed = (untilMs: number) => anAlert({ hush: { why: 'snoozed', by: 'eva', untilMs } });
    expect(hushOf(snoozed(NOW + 1), 'woken', facts())?.why).toBe('snoozed');
    expect(hushOf(snoozed(NOW + 1), 'raised', facts())).toBeUndefined();
    expect(hushOf(snoozed(NOW), 'woken', facts())).toBeUndefined();
  });
});

it('security waits for no maintenance window', () => {
  for (const rule of ['protection.antivirus', 'protection.firewall', 'admin.added'])
    expect(hushOf(anAlert({ rule }), 'fired', facts({ window }))).toBeUndefined();
  expect(hushOf(anAlert({ rule: 'administrator' }), 'fired', facts({ window }))?.why).toBe('maintenance');
});

describe('what was so when the agent first looked', () => {
  const first = (change = {}) => anAlert({ isFirst: true, sinceMs: NOW, ...change });

  it('within the first week of the device is nobody’s emergency, then or later, unless it gets worse', () => {
    const hush = { why: 'preexisting', by: null, untilMs: null } as const;
    expect(hushOf(first(), 'fired', facts({ device: NEW }))).toEqual(hush);
    const late = facts({ device: NEW, nowMs: NEW.enrolledMs + 8 * DAY_MS });
    expect(hushOf(first(), 'fired', late)).toBeUndefined();
    expect(hushOf(first({ hush }), 'woken', late)).toEqual(hush); // known is known
    expect(hushOf(first({ hush }), 'raised', late)).toBeUndefined();
  });

  it('is news where it came later, or on a device that is no newcomer', () => {
    expect(hushOf(first({ isFirst: false }), 'fired', facts({ device: NEW }))).toBeUndefined();
    expect(hushOf(first(), 'fired', facts())).toBeUndefined();
    const late = { nowMs: NOW + 3 * DAY_MS, device: NEW };
    expect(hushOf(first({ sinceMs: NOW + 3 * DAY_MS }), 'fired', facts(late))).toBeUndefined();
  });

  it('is no matter of load or heat, which come and go', () => {
    for (const rule of ['cpu.sustained', 'memory.pressure', 'temperature.high'])
      expect(hushOf(first({ rule }), 'fired', facts({ device: NEW }))).toBeUndefined();
  });

  it.each([
    ['smart.failed', 'critical', 'laptop'],
    ['raid.degraded', 'warning', 'server'],
    ['backup.failed', 'critical', 'laptop'],
    ['disk.space', 'critical', 'desktop'],
    ['protection.antivirus', 'critical', 'server'],
  ] as const)('cannot wait where it is %s %s of a %s', (rule, severity, deviceClass) => {
    const device = { ...NEW, class: deviceClass };
    expect(hushOf(first({ rule, severity }), 'fired', facts({ device }))).toBeUndefined();
  });

  it.each([
    ['disk.space', 'warning', 'server'],
    ['protection.antivirus', 'critical', 'laptop'],
    ['patches.security', 'critical', 'server'],
  ] as const)('can wait where it is %s %s of a %s', (rule, severity, deviceClass) => {
    const device = { ...NEW, class: deviceClass };
    expect(hushOf(first({ rule, severity }), 'fired', facts({ device }))?.why).toBe('preexisting');
  });
});
