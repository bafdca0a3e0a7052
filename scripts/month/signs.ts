// How each trouble looks to the collectors, from its first sign to its repair.
import { DAY_S } from '@fettle/shared/rule/pack/terms';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Machine } from './fleet.ts';
import type { Tell } from './incidents.ts';
import {
  type Course,
  type Readings,
  type Thing,
  along,
  moving,
  noise,
  steady,
  systemVolume,
  volumeReadings,
} from './readings.ts';
import { type Span, holds } from './span.ts';

/** The same bad reading from beginning to end. */
export const standing = (thing: Thing, readings: Readings) => (_: Machine, span: Span) => [
  steady(thing, span, readings),
];

export const service = (instance: string): Thing => ({ kind: 'service', instance });
export const inState = (state: number): Readings => ({ 'fettle.service.state': state });
export const [STOPPED, FAILED] = [0, 4] as const;
const RUNNING = 1;

/** From 60 % of the volume to nearly all of it, then it stays so. */
export const fills = (machine: Machine, { fromMs, fullMs, toMs }: Span & { fullMs: number }): readonly Course[] => {
  const rising = { fromMs, toMs: fullMs };
  const volume = systemVolume(machine);
  return [
    moving(volume, rising, (atMs) => volumeReadings(machine, along(rising, 0.6, 0.994, atMs))),
    steady(volume, { fromMs: fullMs, toMs }, volumeReadings(machine, 0.994)),
  ];
};

export const busy: Tell = ({ seed }, span) => [
  moving({ kind: 'cpu', instance: '' }, span, (atMs) => ({
    'system.cpu.utilization': 0.95 + 0.05 * noise(seed, atMs),
  })),
];

export const leaks: Tell = ({ seed }, { fromMs, fullMs, toMs }) => {
  const memory = { kind: 'memory', instance: '' } as const;
  const rising = { fromMs, toMs: fullMs };
  const read = (used: number, atMs: number): Readings => ({
    'system.memory.utilization': used + 0.01 * (noise(seed, atMs) - 0.5),
  });
  return [
    moving(memory, rising, (atMs) => read(along(rising, 0.6, 0.975, atMs), atMs)),
    moving(memory, { fromMs: fullMs, toMs }, (atMs) => read(0.975, atMs)),
  ];
};

const counters = (bad: number): Readings => ({
  'fettle.disk.sectors.pending': Math.ceil(bad),
  'fettle.disk.sectors.reallocated': Math.floor(bad / 3),
  'fettle.disk.errors.reported': Math.floor(bad / 5),
});

/** Sectors fail one after the other; in the end the disk says so itself. */
export const diskDies: Tell = ({ name }, { fromMs, fullMs, toMs }) => {
  const disk = { kind: 'disk', instance: `serial-${name}` } as const;
  const growing = { fromMs, toMs: fullMs };
  return [
    moving(disk, growing, (atMs) => counters(along(growing, 1, 40, atMs))),
    steady(disk, { fromMs: fullMs, toMs }, { ...counters(40), 'fettle.smart.verdict': 1 }),
  ];
};

/** Four minutes off, four minutes on. */
export const comesAndGoes: Tell = (_, span) => [
  moving(service('Line of business'), span, (atMs) =>
    inState(Math.floor((atMs - span.fromMs) / (4 * MINUTE_MS)) % 2 === 0 ? STOPPED : RUNNING),
  ),
];

export const crashLoop: Tell = (_, span) => [
  moving(service('web front'), span, (atMs) => ({
    ...inState(RUNNING),
    'fettle.service.restarts': Math.floor((atMs - span.fromMs) / (3 * MINUTE_MS)),
  })),
];

/** Nothing is kept from the night of the first sign on. */
export const backupFails: Tell = (_, span) => [
  moving({ kind: 'backup', instance: 'nightly' }, span, (atMs) => ({
    'fettle.backup.state': 1,
    'fettle.backup.age': DAY_S + (atMs - span.fromMs) / SECOND_MS,
  })),
];

export const runsOut: Tell = (_, { fromMs, toMs }) => [
  moving({ kind: 'certificate', instance: 'www' }, { fromMs, toMs }, (atMs) => ({
    'fettle.certificate.remaining': 31 * DAY_S - (atMs - fromMs) / SECOND_MS,
  })),
];

/** A few lines each hour. */
export const logsHardware: Tell = ({ seed }, span) => [
  moving({ kind: 'log', instance: 'disk' }, span, (atMs) => ({
    'fettle.log.hardware': atMs - span.fromMs < 5 * MINUTE_MS || noise(seed, atMs) > 0.97 ? 2 : 0,
  })),
];

export const adminAppears: Tell = (_, span) => {
  const once = { fromMs: span.fromMs, toMs: span.fromMs + 15 * MINUTE_MS };
  return [
    moving({ kind: 'accounts', instance: 'helper' }, span, (atMs) => ({
      'fettle.admin.added': holds(once, atMs) ? 1 : 0,
    })),
  ];
};
