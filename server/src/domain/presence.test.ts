import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW } from '../fixture.ts';
import { type PresenceContext, type PresenceFacts, type PresenceStep, stepPresence } from './presence.ts';
import { absenceRule, ruleBookAt } from './rule-book.ts';
import { timesAt } from './times.ts';

const pace = { divisor: 1 };
const CONTEXT: PresenceContext = {
  nowMs: NOW,
  times: timesAt(pace),
  rule: absenceRule(ruleBookAt(pace)),
  startedMs: NOW - 24 * HOUR_MS,
};

const facts = (change: Partial<PresenceFacts> = {}): PresenceFacts => ({
  class: 'server',
  isConnected: false,
  lastSeenMs: NOW,
  goodbye: null,
  presence: 'online',
  presenceSinceMs: NOW - HOUR_MS,
  isAlerting: false,
  ...change,
});

/** What it is after looking once, changed or not. */
const after = (before: PresenceFacts, context: Partial<PresenceContext> = {}): PresenceStep => {
  const { presence, isAlerting } = before;
  return stepPresence(before, { ...CONTEXT, ...context }) ?? { presence, isAlerting };
};

/** The device after it. */
const looked = (before: PresenceFacts, nowMs: number): PresenceFacts => {
  const step = after(before, { nowMs });
  return { ...before, ...step, presenceSinceMs: step.presence === before.presence ? before.presenceSinceMs : nowMs };
};

const told = ({ presence, isAlerting }: PresenceStep) => (isAlerting ? `${presence}!` : presence);

const ALWAYS_ON = ['server', 'kiosk', 'network'] as const;
const OTHERS = ['desktop', 'laptop', 'ephemeral'] as const;
const CLASSES = [...ALWAYS_ON, ...OTHERS] as const;

describe('silence', () => {
  // "!" is an alert; the seconds are those since the last sign of life
  const rows = [
    { goodbye: null, times: { 0: 'online', 299: 'online', 300: 'offline!' }, others: { 299: 'online', 300: 'away' } },
    { goodbye: 'stop', times: { 0: 'stopped', 899: 'stopped', 900: 'stopped!' }, others: { 900: 'stopped' } },
    { goodbye: 'suspend', times: { 0: 'asleep', 90_000: 'asleep' }, others: { 0: 'asleep', 90_000: 'asleep' } },
    { goodbye: 'shutdown', times: { 0: 'off!', 90_000: 'off!' }, others: { 0: 'off', 90_000: 'off' } },
    {
      goodbye: 'reboot',
      times: { 0: 'rebooting', 599: 'rebooting', 600: 'offline!' },
      others: { 599: 'rebooting', 600: 'away' },
    },
    {
      goodbye: 'update',
      times: { 0: 'updating', 599: 'updating', 600: 'offline!' },
      others: { 599: 'updating', 600: 'away' },
    },
    { goodbye: 'uninstall', times: { 0: 'retiring', 90_000: 'retiring' }, others: { 90_000: 'retiring' } },
  ] as const;

  const look = (deviceClass: PresenceFacts['class'], goodbye: PresenceFacts['goodbye'], seconds: number) =>
    told(after(facts({ class: deviceClass, goodbye, lastSeenMs: NOW - seconds * SECOND_MS })));

  describe.each(rows)('after the goodbye "$goodbye"', ({ goodbye, times, others }) => {
    it.each(ALWAYS_ON)('of a %s', (deviceClass) => {
      for (const [seconds, expected] of Object.entries(times)) {
        expect([seconds, look(deviceClass, goodbye, Number(seconds))]).toEqual([seconds, expected]);
      }
    });

    it.each(OTHERS)('of a %s', (deviceClass) => {
      for (const [seconds, expected] of Object.entries(others)) {
        expect([seconds, look(deviceClass, goodbye, Number(seconds))]).toEqual([seconds, expected]);
      }
    });
  });

  it('of a device that is connected is none', () => {
    expect(told(after(facts({ isConnected: true, lastSeenMs: NOW - HOUR_MS, presence: 'offline' })))).toBe('online');
  });

  it('without a rule for it is never an alert, and never offline', () => {
    for (const goodbye of [null, 'stop', 'shutdown', 'reboot'] as const) {
      const before = facts({ goodbye, lastSeenMs: NOW - 24 * HOUR_MS });
      expect(after(before, { rule: undefined })).toMatchObject({ isAlerting: false });
    }
  });

  it('by a rule that says of no class that it is always on, or not how long, is none either', () => {
    const { rule } = CONTEXT;
    const silent = facts({ lastSeenMs: NOW - 24 * HOUR_MS });
    if (!rule) throw new Error('no rule for silence');
    expect(told(after(silent, { rule: { ...rule, scope: {} } }))).toBe('away');
    expect(stepPresence(silent, { ...CONTEXT, rule: { ...rule, levels: [] } })).toBeUndefined();
  });

  it('that changes nothing is no step', () => {
    expect(stepPresence(facts({ lastSeenMs: NOW - MINUTE_MS }), CONTEXT)).toBeUndefined();
    const offline = facts({ lastSeenMs: NOW - HOUR_MS, presence: 'offline', isAlerting: true });
    expect(stepPresence(offline, CONTEXT)).toBeUndefined();
    expect(stepPresence(facts({ goodbye: 'suspend', presence: 'asleep' }), CONTEXT)).toBeUndefined();
  });
});

describe('a start of the server', () => {
  const startedMs = NOW - 3 * MINUTE_MS + 1;
  const unheard = facts({ lastSeenMs: startedMs - HOUR_MS });

  it('gives everybody three minutes to come back', () => {
    expect(stepPresence(unheard, { ...CONTEXT, startedMs })).toBeUndefined();
    expect(told(after(unheard, { startedMs: startedMs - 1 }))).toBe('offline!');
  });

  it('holds nobody who has been heard since', () => {
    const heardAtOnce = facts({ lastSeenMs: startedMs, goodbye: 'shutdown' });
    expect(told(after(heardAtOnce, { startedMs }))).toBe('off!');
    const lastSeenMs = startedMs + 1;
    expect(told(after(facts({ lastSeenMs, goodbye: 'shutdown' }), { startedMs }))).toBe('off!');
    expect(told(after(facts({ isConnected: true, presence: 'away', lastSeenMs }), { startedMs }))).toBe('online');
  });
});

describe('who is back', () => {
  const back = (sinceMs: number) =>
    facts({ isConnected: true, isAlerting: true, presence: 'online', presenceSinceMs: NOW - sinceMs });

  it('is believed after two minutes', () => {
    expect(told(after(back(2 * MINUTE_MS - 1)))).toBe('online!');
    expect(told(after(back(2 * MINUTE_MS)))).toBe('online');
  });

  it('is believed when it lies in a time to come: the clock was set back, and by how much nobody knows', () => {
    expect(told(after(back(-HOUR_MS)))).toBe('online');
  });

  it('but silent again is not believed', () => {
    expect(told(after({ ...back(2 * MINUTE_MS), isConnected: false, lastSeenMs: NOW - MINUTE_MS }))).toBe('online!');
  });

  it('for a minute only, again and again, is one alert all the while', () => {
    let now = facts({ isAlerting: true, presence: 'offline', lastSeenMs: NOW - HOUR_MS });
    for (let seconds = 0; seconds < 3_600; seconds += 5) {
      const nowMs = NOW + seconds * SECOND_MS;
      const isConnected = seconds % 420 < 60;
      now = looked({ ...now, isConnected, ...(isConnected ? { lastSeenMs: nowMs } : {}) }, nowMs);
      expect([seconds, now.isAlerting]).toEqual([seconds, true]);
    }
  });
});

describe('whatever came before', () => {
  const aBefore = fc.record({
    isConnected: fc.constant(false),
    lastSeenMs: fc.integer({ min: 0, max: 24 * HOUR_MS }).map((ms) => NOW - ms),
    goodbye: fc.constantFrom(null, 'stop', 'shutdown', 'reboot', 'update', 'suspend', 'uninstall'),
    presence: fc.constantFrom('online', 'away', 'asleep', 'off', 'stopped', 'rebooting', 'offline'),
    presenceSinceMs: fc.integer({ min: 0, max: 24 * HOUR_MS }).map((ms) => NOW - ms),
    isAlerting: fc.boolean(),
  });
  type Before = typeof aBefore extends fc.Arbitrary<infer T> ? T : never;

  /** Looks each five seconds, as the server does. @returns the first look from which it is alerting for good */
  const alertingFrom = (device: PresenceFacts): number | undefined => {
    let now = device;
    let from: number | undefined;
    for (let seconds = 0; seconds <= 20 * 60; seconds += 5) {
      const nowMs = NOW + seconds * SECOND_MS;
      now = looked(now, nowMs);
      if (!now.isAlerting) from = undefined;
      else from ??= seconds;
    }
    return from;
  };

  const isExpected = ({ goodbye }: Before) => goodbye === 'suspend' || goodbye === 'uninstall';

  it('a server that stays silent ends in an alert, unless it said that it sleeps or is taken away', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALWAYS_ON), aBefore, (deviceClass, before) => {
        expect(alertingFrom(facts({ ...before, class: deviceClass })) !== undefined).toBe(!isExpected(before));
      }),
    );
  });

  it('a laptop that stays silent never does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OTHERS), aBefore, (deviceClass, before) => {
        const step = after(facts({ ...before, class: deviceClass }));
        expect(step.isAlerting).toBe(false);
      }),
    );
  });

  it('a look right after a look changes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLASSES), aBefore, fc.boolean(), (deviceClass, before, isConnected) => {
        const now = facts({ ...before, class: deviceClass, isConnected });
        expect(stepPresence(looked(now, NOW), CONTEXT)).toBeUndefined();
      }),
    );
  });
});
