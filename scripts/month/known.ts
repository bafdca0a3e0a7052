// What is wrong with machines already when their agent comes.
import { DAY_S } from '@fettle/shared/rule/pack/terms';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { Draft } from './draft.ts';
import type { Machine } from './fleet.ts';
import { NOTHING } from './label.ts';
import { START_MS, afterUp } from './life.ts';
import { type Readings, type Thing, steady, systemVolume, noise, volumeReadings } from './readings.ts';
import { isDesk, isServer } from './recipes.ts';
import type { Span } from './span.ts';

export type Known = {
  readonly kind: string;
  readonly families: readonly string[];
  readonly isOf: (machine: Machine) => boolean;
  readonly share: number;
  readonly readings: (machine: Machine) => readonly [Thing, Readings];
  /** Too bad to wait for the first report, however long it was so: within this time that the machine runs. */
  readonly urgentMs?: number;
};

export const knownBefore: readonly Known[] = [
  {
    kind: 'disk was full enough before',
    families: ['disk-space'],
    isOf: isDesk,
    share: 0.06,
    readings: (machine) => [systemVolume(machine), volumeReadings(machine, 0.86 + 0.06 * noise(machine.seed, 0))],
  },
  {
    kind: 'service never ran',
    families: ['service'],
    isOf: (machine) => isDesk(machine) && machine.os === 'windows',
    share: 0.04,
    readings: () => [{ kind: 'service', instance: 'Remote registry' }, { 'fettle.service.state': 0 }],
  },
  {
    kind: 'antivirus was off before',
    families: ['protection.antivirus'],
    isOf: isDesk,
    share: 0.02,
    readings: () => [{ kind: 'antivirus', instance: 'Guard' }, { 'fettle.protection.antivirus': 0 }],
  },
  {
    kind: 'battery was worn before',
    families: ['battery.health'],
    isOf: ({ class: deviceClass }) => deviceClass === 'laptop',
    share: 0.06,
    readings: ({ seed }) => [
      { kind: 'battery', instance: 'BAT0' },
      { 'fettle.battery.health': 0.42 + 0.16 * noise(seed, 0) },
    ],
  },
  {
    kind: 'updates were old before',
    families: ['patches.security'],
    isOf: () => true,
    share: 0.05,
    readings: () => [{ kind: 'patches', instance: '' }, { 'fettle.patches.security.age': 40 * DAY_S }],
  },
  {
    kind: 'restart was due before',
    families: ['reboot.pending'],
    isOf: () => true,
    share: 0.03,
    readings: () => [{ kind: 'reboot', instance: '' }, { 'fettle.reboot.pending.age': 20 * DAY_S }],
  },
  {
    kind: 'disk was failing before',
    families: ['disk-health'],
    isOf: isServer,
    share: 0.005,
    readings: ({ name }) => [{ kind: 'disk', instance: `serial-${name}` }, { 'fettle.smart.verdict': 1 }],
    urgentMs: HOUR_MS,
  },
  {
    kind: 'array was degraded before',
    families: ['raid'],
    isOf: isServer,
    share: 0.005,
    readings: () => [{ kind: 'array', instance: 'md0' }, { 'fettle.raid.state': 2 }],
    urgentMs: HOUR_MS,
  },
  {
    kind: 'antivirus was off on a server before',
    families: ['protection.antivirus'],
    isOf: isServer,
    share: 0.005,
    readings: () => [{ kind: 'antivirus', instance: 'Guard' }, { 'fettle.protection.antivirus': 0 }],
    urgentMs: 90 * MINUTE_MS,
  },
];

/** Nobody mends it. */
export const tellKnown = (draft: Draft, machine: Machine, known: Omit<Known, 'share'>, span: Span): void => {
  const { kind, families, readings, urgentMs } = known;
  const seenMs = afterUp(draft.sessionsOf(machine), START_MS, urgentMs ?? 0);
  const isUrgent = urgentMs !== undefined && seenMs !== undefined;
  const byMs = draft.dueMs(machine, { fromMs: START_MS, toMs: seenMs ?? START_MS + DAY_MS });
  const { site, index } = machine;
  draft.read(machine, steady(readings(machine)[0], span, readings(machine)[1]));
  draft.label({ kind, families, worth: isUrgent ? { is: 'ticket', byMs } : NOTHING, ...span, site, machines: [index] });
};
