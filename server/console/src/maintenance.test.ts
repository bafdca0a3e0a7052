import type { WindowView } from '@fettle/shared/api/quiet.schema';
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { covers, scopeText, windowText, windowsOf } from './maintenance.ts';

const NOON = new Date(2026, 10, 23, 12, 0).getTime();
const device = { id: 'd_1', tenant: 'acme', site: 's_1', tags: ['vip'] };

const once = (startMs: number, endMs: number): WindowView['time'] => ({
  kind: 'once',
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
});

const window = (change: Partial<WindowView> = {}): WindowView => ({
  id: 'w_1',
  tenant: 'acme',
  scope: { kind: 'device', id: 'd_1' },
  time: once(NOON, NOON + HOUR_MS),
  reason: '',
  by: 'Ada',
  active: true,
  ...change,
});

describe('a window', () => {
  it.each<[string, Partial<WindowView>, boolean, string]>([
    ['of the device', {}, true, ''],
    ['of another device', { scope: { kind: 'device', id: 'd_2' } }, false, ''],
    ['of its site', { scope: { kind: 'site', id: 's_1' } }, true, 'of the whole site'],
    ['of another site', { scope: { kind: 'site', id: 'd_1' } }, false, 'of the whole site'],
    ['of its tenant', { scope: { kind: 'tenant' } }, true, 'of the whole tenant'],
    ['of another tenant', { scope: { kind: 'tenant' }, tenant: 'shop' }, false, 'of the whole tenant'],
    ['of its tag', { scope: { kind: 'tag', tag: 'vip' } }, true, 'of all devices with its tag vip'],
    ['of another tag', { scope: { kind: 'tag', tag: 'shared' } }, false, 'of all devices with its tag shared'],
  ])('%s is about it or not, and says so', (...[, change, isAbout, text]) => {
    expect(covers(window(change), device)).toBe(isAbout);
    expect(scopeText(window(change))).toBe(text);
  });

  it('that is on comes first, then the next', () => {
    const later = window({ id: 'later', active: false, time: once(NOON + DAY_MS, NOON + 2 * DAY_MS) });
    const next = window({ id: 'next', active: false, time: once(NOON + HOUR_MS, NOON + 2 * HOUR_MS) });
    const on = window({ id: 'on', time: once(NOON + 3 * DAY_MS, NOON + 4 * DAY_MS) });
    expect(windowsOf([later, next, on], device).map(({ id }) => id)).toEqual(['on', 'next', 'later']);
  });

  it.each<[string, Pick<WindowView, 'time' | 'active'>]>([
    ['until 13:00', { time: once(NOON, NOON + HOUR_MS), active: true }],
    ['14:00 until tomorrow 12:00', { time: once(NOON + 2 * HOUR_MS, NOON + DAY_MS), active: false }],
    [
      'each Mon, Sun at 22:00 for 2 h (Europe/Berlin)',
      {
        time: {
          kind: 'weekly',
          zone: 'Europe/Berlin',
          days: [1, 7],
          from: '22:00',
          minutes: 120,
          until: new Date(NOON + DAY_MS).toISOString(),
        },
        active: false,
      },
    ],
  ])('is told as "%s"', (text, one) => {
    expect(windowText(one, NOON).replaceAll('\u00A0', ' ')).toBe(text);
  });
});
