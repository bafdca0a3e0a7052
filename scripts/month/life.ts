// When each machine runs, and how each run begins and ends: working days, lids, reboots, and what cuts them short.
import type { DeviceClass } from '@fettle/shared/rule/scope';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { Random } from '../sim/random.ts';
import type { Machine } from './fleet.ts';
import { type Span, overlaps } from './span.ts';

/** `silent`: without a goodbye. */
export type End = 'shutdown' | 'suspend' | 'reboot' | 'silent';

/** One run of a machine. */
export type Session = Span & { readonly begin: 'boot' | 'resume'; readonly end: End };

/** The machine does not run, whatever its habits are. */
export type Stop = Span & { readonly end: End };

/** A Monday, midnight. */
export const START_MS = Date.UTC(2026, 2, 2);

export const dayMs = (day: number): number => START_MS + day * DAY_MS;
const isWeekend = (day: number): boolean => day % 7 >= 5;

/** @param days of the month; @param stops what cuts its runs short, in any order */
export const sessionsOf = (
  random: Random,
  machine: Machine,
  days: number,
  stops: readonly Stop[],
): readonly Session[] =>
  stops
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .reduce<readonly Session[]>(
      (sessions, stop) => sessions.flatMap((session) => cut(session, stop)),
      habits[machine.class](random, days),
    );

const cut = (session: Session, stop: Stop): readonly Session[] => {
  if (!overlaps(session, stop)) return [session];
  const before: Session = { ...session, toMs: stop.fromMs, end: stop.end };
  const after: Session = { ...session, fromMs: stop.toMs, begin: 'boot' };
  return [before, after].filter(({ fromMs, toMs }) => toMs - fromMs >= MINUTE_MS);
};

const always = (_: Random, days: number): readonly Session[] => [
  { fromMs: START_MS, toMs: dayMs(days), begin: 'boot', end: 'silent' },
];

/** One in five is turned off when the shop closes. */
const kiosk = (random: Random, days: number): readonly Session[] => {
  if (!random.chance(0.2)) return always(random, days);
  return Array.from({ length: days }, (_, day): Session => {
    const [fromMs, toMs] = [dayMs(day) + 8 * HOUR_MS, dayMs(day) + 20 * HOUR_MS];
    return { fromMs, toMs, begin: 'boot', end: 'shutdown' };
  });
};

const desktop = (random: Random, days: number): readonly Session[] => {
  const isLeftOn = random.chance(0.1);
  if (isLeftOn) return always(random, days);
  const isUnplugged = random.chance(0.1); // at the socket strip, each evening
  return workdays(days).map((day): Session => {
    const { fromMs, toMs } = hoursOf(random, day);
    return { fromMs, toMs, begin: 'boot', end: isUnplugged ? 'silent' : 'shutdown' };
  });
};

/** Some operating systems say that they sleep, some lids close too fast. */
const laptop = (random: Random, days: number): readonly Session[] => {
  const goodbyeShare = random.pick([0.95, 0.7, 0.1]);
  const asleep = (): End => (random.chance(goodbyeShare) ? 'suspend' : 'silent');
  const mornings = workdays(days).flatMap((day, order): readonly Session[] => {
    const whole = hoursOf(random, day);
    const noonMs = dayMs(day) + 12 * HOUR_MS + random.whole(0, HOUR_MS);
    const backMs = noonMs + random.whole(2 * MINUTE_MS, 75 * MINUTE_MS);
    const begin = order === 0 || random.chance(0.1) ? 'boot' : 'resume';
    return [
      { fromMs: whole.fromMs, toMs: noonMs, begin, end: asleep() },
      { fromMs: backMs, toMs: Math.max(backMs + HOUR_MS, whole.toMs), begin: 'resume', end: asleep() },
    ];
  });
  return mornings;
};

const habits: Readonly<Record<DeviceClass, (random: Random, days: number) => readonly Session[]>> = {
  server: always,
  network: always,
  ephemeral: always,
  kiosk,
  desktop,
  laptop,
};

const workdays = (days: number): readonly number[] =>
  Array.from({ length: days }, (_, day) => day).filter((day) => !isWeekend(day));

const hoursOf = (random: Random, day: number): Span => ({
  fromMs: dayMs(day) + 7.5 * HOUR_MS + random.whole(0, 90 * MINUTE_MS),
  toMs: dayMs(day) + 16 * HOUR_MS + random.whole(0, 3 * HOUR_MS),
});

/** @returns when the machine has been up for so long without a break, since `fromMs` at the earliest; undefined when it never is */
export const afterUp = (sessions: readonly Session[], fromMs: number, unbrokenMs: number): number | undefined => {
  for (const session of sessions) {
    const atMs = Math.max(session.fromMs, fromMs) + unbrokenMs;
    if (atMs <= session.toMs) return atMs;
  }
  return undefined;
};
