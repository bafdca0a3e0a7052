import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice } from '../../fixture.ts';
import { type MaintenanceWindow, type WindowTime, endOf, spanAt, windowOver, windowProblem } from './maintenance.ts';

const at = (text: string): number => Temporal.ZonedDateTime.from(text).epochMilliseconds;
const weekly = (change: Partial<WindowTime & { kind: 'weekly' }> = {}) =>
  ({
    time: {
      kind: 'weekly',
      zone: 'Europe/Berlin',
      days: [6],
      from: '22:00',
      minutes: 8 * 60,
      untilMs: at('2030-01-01T00:00[UTC]'),
      ...change,
    },
  }) as const;

const spanText = (window: Pick<MaintenanceWindow, 'time'>, nowMs: number, zone = 'Europe/Berlin') => {
  const span = spanAt(window, nowMs);
  const text = (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime().toString();
  return span && [text(span.startMs), text(span.endMs)];
};

describe('a window each week', () => {
  it('is on by the clock on the wall, over midnight, and not a minute longer', () => {
    const expected = ['2026-11-21T22:00:00', '2026-11-22T06:00:00'];
    expect(spanText(weekly(), at('2026-11-21T21:59:59[Europe/Berlin]'))).toBeUndefined();
    expect(spanText(weekly(), at('2026-11-21T22:00[Europe/Berlin]'))).toEqual(expected);
    expect(spanText(weekly(), at('2026-11-22T05:59:59[Europe/Berlin]'))).toEqual(expected);
    expect(spanText(weekly(), at('2026-11-22T06:00[Europe/Berlin]'))).toBeUndefined();
  });

  it.each([
    // the night of 28 to 29 March 2026 has an hour less, that of 24 to 25 October one more: eight hours of work all the same
    ['2026-03-28T23:00[Europe/Berlin]', ['2026-03-28T22:00:00', '2026-03-29T07:00:00']],
    ['2026-10-24T23:00[Europe/Berlin]', ['2026-10-24T22:00:00', '2026-10-25T05:00:00']],
    ['2026-06-20T23:00[Europe/Berlin]', ['2026-06-20T22:00:00', '2026-06-21T06:00:00']],
  ])('around %s is %o', (now, expected) => {
    expect(spanText(weekly(), at(now))).toEqual(expected);
  });

  it('that begins in the hour that a night lacks begins after it', () => {
    const window = weekly({ zone: 'America/New_York', days: [7], from: '02:30', minutes: 60 });
    expect(spanText(window, at('2026-03-08T03:45[America/New_York]'), 'America/New_York')).toEqual([
      '2026-03-08T03:30:00',
      '2026-03-08T04:30:00',
    ]);
  });

  it('is the same hour of the day in a zone that moves its clocks by half an hour', () => {
    const window = weekly({ zone: 'Australia/Lord_Howe', days: [1, 2, 3, 4, 5, 6, 7], from: '01:00', minutes: 30 });
    for (const day of ['2026-04-04', '2026-04-05', '2026-10-03', '2026-10-04'])
      expect(spanText(window, at(`${day}T01:10[Australia/Lord_Howe]`), 'Australia/Lord_Howe')).toEqual([
        `${day}T01:00:00`,
        `${day}T01:30:00`,
      ]);
  });

  it('of three days is on until the third, and never beyond its last day', () => {
    const long = weekly({ days: [5], from: '18:00', minutes: 60 * 60 });
    expect(spanText(long, at('2026-11-23T05:59[Europe/Berlin]'))).toEqual([
      '2026-11-20T18:00:00',
      '2026-11-23T06:00:00',
    ]);
    const untilMs = at('2026-11-22T00:00[Europe/Berlin]');
    expect(spanText(weekly({ untilMs }), untilMs - 1)).toEqual(['2026-11-21T22:00:00', '2026-11-22T00:00:00']);
    expect(spanText(weekly({ untilMs }), untilMs)).toBeUndefined();
  });
});

describe('whom a window covers', () => {
  const window = (scope: MaintenanceWindow['scope'], change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
    id: 'w_1',
    tenant: 'acme',
    scope,
    time: { kind: 'once', startMs: NOW, endMs: NOW + HOUR_MS },
    reason: '',
    by: 'eva',
    ...change,
  });
  const device = aDevice({ tags: ['lab'] });
  const over = (windows: readonly MaintenanceWindow[], nowMs = NOW) =>
    windowOver(device, windows, { nowMs, settleMs: 10 * MINUTE_MS });

  it.each<[scope: MaintenanceWindow['scope'], isCovered: boolean]>([
    [{ kind: 'tenant' }, true],
    [{ kind: 'site', id: 'office' }, true],
    [{ kind: 'site', id: 'other' }, false],
    [{ kind: 'device', id: 'd_1' }, true],
    [{ kind: 'device', id: 'd_2' }, false],
    [{ kind: 'tag', tag: 'lab' }, true],
    [{ kind: 'tag', tag: 'shop' }, false],
  ])('of %o: %s', (scope, isCovered) => {
    expect(over([window(scope)]) !== undefined).toBe(isCovered);
  });

  it('is nobody of another tenant', () => {
    expect(over([window({ kind: 'tenant' }, { tenant: 'bistro' })])).toBeUndefined();
  });

  it('lasts ten minutes longer, and of two the longer one counts', () => {
    const one = window({ kind: 'tenant' });
    const untilMs = NOW + HOUR_MS + 10 * MINUTE_MS;
    expect(over([one], NOW - 1)).toBeUndefined();
    expect(over([one])).toEqual({ id: 'w_1', untilMs });
    expect(over([one], untilMs - 1)).toEqual({ id: 'w_1', untilMs });
    expect(over([one], untilMs)).toBeUndefined();
    const longer = window(
      { kind: 'tenant' },
      { id: 'w_2', time: { kind: 'once', startMs: 0, endMs: NOW + 2 * HOUR_MS } },
    );
    expect(over([one, longer])?.id).toBe('w_2');
    expect(over([longer, one])?.id).toBe('w_2');
  });
});

describe('a window is refused', () => {
  const once = (startMs: number, endMs: number, reason = '') => ({
    time: { kind: 'once', startMs, endMs } as const,
    reason,
  });

  it.each([
    ['that ends before it begins', once(NOW + 2, NOW + 1), /ends before it begins/],
    ['that is over', once(NOW - 2, NOW), /over already/],
    ['of more than three days without a reason', once(NOW, NOW + 72 * HOUR_MS + 1, 'because'), /needs one/],
    ['in a zone that is none', { ...weekly({ zone: 'Europe/Bielefeld' }), reason: '' }, /no time zone/],
    ['from a time that is none', { ...weekly({ from: '25:00' }), reason: '' }, /no time of day/],
    ['that covers the week', { ...weekly({ days: [1, 2, 3, 4, 5, 6, 7], minutes: 1_440 }), reason: '' }, /all of it/],
  ])('%s', (_name, window, message) => {
    expect(windowProblem(window, NOW)).toMatch(message);
  });

  it('otherwise it is taken', () => {
    expect(windowProblem(once(NOW, NOW + 72 * HOUR_MS), NOW)).toBeUndefined();
    expect(windowProblem(once(NOW, NOW + 73 * HOUR_MS, 'moving to another data centre'), NOW)).toBeUndefined();
    expect(windowProblem({ ...weekly(), reason: '' }, NOW)).toBeUndefined();
  });
});

it('it is over for good when it ends, or when it is not repeated any more', () => {
  expect(endOf({ time: { kind: 'once', startMs: NOW, endMs: NOW + HOUR_MS } })).toBe(NOW + HOUR_MS);
  expect(endOf(weekly({ untilMs: NOW }))).toBe(NOW);
});

it('a long window wants a reason of ten characters, spaces around it not counted', () => {
  const time = { kind: 'once', startMs: NOW, endMs: NOW + 73 * HOUR_MS } as const;
  const isTaken = (reason: string) => windowProblem({ time, reason }, NOW) === undefined;
  expect([isTaken('ten chars.'), isTaken('nine char'), isTaken('  nine char  ')]).toEqual([true, false, false]);
});

it('a window of no length is none, and one each week is not on when it is not repeated any more', () => {
  expect(windowProblem({ time: { kind: 'once', startMs: NOW, endMs: NOW }, reason: '' }, NOW - 1)).toMatch(
    'before it begins',
  );
  const saturday = at('2026-11-21T23:00[Europe/Berlin]');
  expect(spanAt(weekly({ untilMs: saturday + 1 }), saturday)).toBeDefined();
  expect(spanAt(weekly({ untilMs: saturday }), saturday)).toBeUndefined();
});
