import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { ruleBookAt, silenceIn } from '../rule-book.ts';
import { timesAt } from '../times.ts';
import { type PresenceContext, type PresenceFacts, type PresenceStep, stepPresence } from './presence.ts';

const pace = { divisor: 1 };
const CONTEXT: PresenceContext = {
  nowMs: NOW,
  times: timesAt(pace),
  ...silenceIn(ruleBookAt(pace)),
  startedMs: NOW - 24 * HOUR_MS,
  isSuspected: false,
  deafUntilMs: Number.NEGATIVE_INFINITY,
};

const facts = (change: Partial<PresenceFacts> = {}): PresenceFacts => ({
  class: 'server',
  isAlwaysOn: false,
  isSlowToBoot: false,
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
const DAY_S = 86_400;
const OTHERS = ['desktop', 'laptop', 'ephemeral'] as const;
const CLASSES = [...ALWAYS_ON, ...OTHERS] as const;

describe('silence', () => {
  // "!" is an alert; the seconds are those since the last sign of life
  const rows = [
    { goodbye: null, times: { 0: 'online', 299: 'online', 300: 'offline!' }, others: { 299: 'online', 300: 'away' } },
    { goodbye: 'stop', times: { 0: 'stopped', 899: 'stopped', 900: 'stopped!' }, others: { 900: 'stopped' } },
    { goodbye: 'suspend', times: { 0: 'asleep', 90_000: 'asleep' }, others: { 0: 'asleep', 90_000: 'asleep' } },
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

  const look = (change: Partial<PresenceFacts>, seconds: number) =>
    told(after(facts({ ...change, lastSeenMs: NOW - seconds * SECOND_MS })));

  it('after the goodbye "shutdown" is an alert where nobody switches a machine off', () => {
    expect([0, 90_000].map((seconds) => look({ goodbye: 'shutdown' }, seconds))).toEqual(['off!', 'off!']);
    for (const deviceClass of CLASSES.filter((one) => one !== 'server'))
      expect([0, 90_000].map((seconds) => look({ class: deviceClass, goodbye: 'shutdown' }, seconds))).toEqual([
        'off',
        'off',
      ]);
    expect(told(after(facts({ class: 'kiosk', isAlwaysOn: true, goodbye: 'shutdown' })))).toBe('off!');
  });

  it('of a laptop that somebody calls always on is one as of a server', () => {
    const laptop = facts({ class: 'laptop', isAlwaysOn: true, lastSeenMs: NOW - 300 * SECOND_MS });
    expect(told(after(laptop))).toBe('offline!');
  });

  it('of Windows that reboots may take half an hour: it installs updates', () => {
    const at = (minutes: number) =>
      told(after(facts({ isSlowToBoot: true, goodbye: 'reboot', lastSeenMs: NOW - minutes * MINUTE_MS })));
    expect([at(29), at(30)]).toEqual(['rebooting', 'offline!']);
  });

  it('proves nothing while it may be us whom nobody reaches; a goodbye proves something all the same', () => {
    const silent = { lastSeenMs: NOW - HOUR_MS };
    expect(stepPresence(facts(silent), { ...CONTEXT, isSuspected: true })).toBeUndefined();
    expect(stepPresence(facts({ ...silent, goodbye: 'stop' }), { ...CONTEXT, isSuspected: true })?.presence).toBe(
      'stopped',
    );
    expect(stepPresence(facts({ ...silent, presence: 'offline' }), { ...CONTEXT, isSuspected: true })?.isAlerting).toBe(
      true,
    );
  });

  it('of a kiosk that could not say goodbye is no alert: it may be closed', () => {
    const lookDeaf = (change: Partial<PresenceFacts>) => {
      const step = stepPresence(facts({ class: 'kiosk', lastSeenMs: NOW - HOUR_MS, ...change }), {
        ...CONTEXT,
        deafUntilMs: NOW - HOUR_MS + 1,
      });
      return step && told(step);
    };
    expect([
      lookDeaf({}),
      lookDeaf({ class: 'server' }),
      lookDeaf({ isAlwaysOn: true }),
      lookDeaf({ lastSeenMs: NOW - HOUR_MS + 1 }),
    ]).toEqual(['away', 'offline!', 'offline!', 'offline!']);
  });

  describe.each(rows)('after the goodbye "$goodbye"', ({ goodbye, times, others }) => {
    it.each(ALWAYS_ON)('of a %s', (deviceClass) => {
      for (const [seconds, expected] of Object.entries(times)) {
        expect([seconds, look({ class: deviceClass, goodbye }, Number(seconds))]).toEqual([seconds, expected]);
      }
    });

    it.each(OTHERS)('of a %s', (deviceClass) => {
      for (const [seconds, expected] of Object.entries(others)) {
        expect([seconds, look({ class: deviceClass, goodbye }, Number(seconds))]).toEqual([seconds, expected]);
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

  /** As a row of days says: "!" is an alert. */
  const byDay = [
    { goodbye: null, laptop: 'away away overdue overdue', server: 'offline! offline! offline! offline!' },
    { goodbye: 'suspend', laptop: 'asleep asleep overdue overdue', server: 'asleep asleep asleep asleep' },
    { goodbye: 'shutdown', laptop: 'off off overdue overdue', server: 'off! off! off! off!' },
    { goodbye: 'reboot', laptop: 'away away overdue overdue', server: 'offline! offline! offline! offline!' },
    { goodbye: 'update', laptop: 'away away overdue overdue', server: 'offline! offline! offline! offline!' },
    {
      goodbye: 'stop',
      laptop: 'stopped stopped stopped stopped',
      server: 'stopped! stopped! stopped! stopped!',
    },
    {
      goodbye: 'uninstall',
      laptop: 'retiring retiring retiring retiring',
      server: 'retiring retiring retiring retiring',
    },
  ] as const;

  it.each(byDay)('over days, after the goodbye "$goodbye"', ({ goodbye, laptop, server }) => {
    const overDays = (deviceClass: PresenceFacts['class'], change: Partial<PresenceFacts> = {}) =>
      [1, 14 - 1 / DAY_S, 14, 60]
        .map((days) => look({ class: deviceClass, goodbye, ...change }, days * DAY_S))
        .join(' ');
    expect([overDays('laptop'), overDays('desktop')]).toEqual([laptop, laptop]);
    expect(overDays('server')).toBe(server);
    expect(overDays('ephemeral')).toBe(laptop.replaceAll('overdue', laptop.split(' ')[0] ?? ''));
    expect(overDays('laptop', { isAlwaysOn: true })).toBe(server);
  });

  it('of what was enrolled and never came is overdue, too', () => {
    expect(told(after(facts({ class: 'laptop', presence: 'away', lastSeenMs: NOW - 14 * DAY_MS })))).toBe('overdue');
    expect(told(after(facts({ class: 'laptop', presence: 'overdue', lastSeenMs: NOW - 15 * DAY_MS })))).toBe('overdue');
    expect(told(after(facts({ class: 'laptop', presence: 'overdue', isConnected: true })))).toBe('online');
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
    presence: fc.constantFrom('online', 'away', 'asleep', 'off', 'stopped', 'rebooting', 'offline', 'overdue'),
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
        const isSwitchedOff = before.goodbye === 'shutdown' && deviceClass !== 'server';
        const isAlerting = alertingFrom(facts({ ...before, class: deviceClass })) !== undefined;
        const wasNeverHere = before.presence === 'away' && before.goodbye === null;
        expect(isAlerting).toBe(!isExpected(before) && !isSwitchedOff && !wasNeverHere);
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
