// What goes wrong on machines in a month, how often, how it looks to the collectors, and how soon a person has to know.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { Machine } from './fleet.ts';
import type { Recipe } from './incidents.ts';
import {
  FAILED,
  STOPPED,
  adminAppears,
  backupFails,
  busy,
  comesAndGoes,
  crashLoop,
  diskDies,
  fills,
  inState,
  leaks,
  logsHardware,
  runsOut,
  service,
  standing,
} from './signs.ts';

export const isServer = ({ class: deviceClass }: Machine): boolean => deviceClass === 'server';
export const isDesk = ({ class: deviceClass }: Machine): boolean =>
  deviceClass === 'desktop' || deviceClass === 'laptop';
const isLinuxServer = (machine: Machine): boolean => isServer(machine) && machine.os === 'linux';
const isWindowsServer = (machine: Machine): boolean => isServer(machine) && machine.os === 'windows';
const isWindowsDesk = (machine: Machine): boolean => isDesk(machine) && machine.os === 'windows';
const isLaptop = ({ class: deviceClass }: Machine): boolean => deviceClass === 'laptop';

const HOURS: readonly [number, number] = [HOUR_MS, 10 * HOUR_MS];
const DAYS: readonly [number, number] = [8 * HOUR_MS, 60 * HOUR_MS];

const at = (kind: string, families: readonly string[], rest: Omit<Recipe, 'kind' | 'families'>): Recipe => ({
  kind,
  families,
  ...rest,
});

const DISK_SPACE = ['disk-space'];
const SERVICE = ['service'];

export const recipes: readonly Recipe[] = [
  at('disk fills in days', DISK_SPACE, {
    isOf: isServer,
    perMonth: 12,
    growsMs: [4 * DAY_MS, 12 * DAY_MS],
    needMs: 0,
    lastsMs: HOURS,
    tell: fills,
  }),
  at('log fills a disk', DISK_SPACE, {
    isOf: isServer,
    perMonth: 6,
    growsMs: [2 * HOUR_MS, 6 * HOUR_MS],
    needMs: 0,
    lastsMs: HOURS,
    tell: fills,
  }),
  at('disk of a user fills', DISK_SPACE, {
    isOf: isDesk,
    perMonth: 15,
    growsMs: [6 * DAY_MS, 14 * DAY_MS],
    needMs: 30 * MINUTE_MS,
    lastsMs: DAYS,
    tell: fills,
  }),
  at('service stops', SERVICE, {
    isOf: isWindowsServer,
    perMonth: 8,
    needMs: 20 * MINUTE_MS,
    lastsMs: HOURS,
    tell: standing(service('Database'), inState(STOPPED)),
  }),
  at('service fails', SERVICE, {
    isOf: isLinuxServer,
    perMonth: 8,
    needMs: 20 * MINUTE_MS,
    lastsMs: HOURS,
    tell: standing(service('database'), inState(FAILED)),
  }),
  at('service of a user stops', SERVICE, {
    isOf: isWindowsDesk,
    perMonth: 12,
    needMs: 20 * MINUTE_MS,
    lastsMs: HOURS,
    tell: standing(service('VPN'), inState(STOPPED)),
  }),
  at('service comes and goes', SERVICE, {
    isOf: isServer,
    perMonth: 4,
    needMs: 40 * MINUTE_MS,
    lastsMs: HOURS,
    tell: comesAndGoes,
  }),
  at('service crashes again and again', SERVICE, {
    isOf: isServer,
    perMonth: 4,
    needMs: 40 * MINUTE_MS,
    lastsMs: HOURS,
    tell: crashLoop,
  }),
  at('program leaks on a server', ['memory.pressure'], {
    isOf: isServer,
    perMonth: 8,
    growsMs: [8 * HOUR_MS, 3 * DAY_MS],
    needMs: 30 * MINUTE_MS,
    lastsMs: HOURS,
    tell: leaks,
  }),
  at('program leaks on a desk', ['memory.pressure'], {
    isOf: isDesk,
    perMonth: 4,
    growsMs: [2 * HOUR_MS, 4 * HOUR_MS],
    needMs: 90 * MINUTE_MS,
    lastsMs: HOURS,
    tell: leaks,
  }),
  at('program runs wild on a server', ['cpu.sustained'], {
    isOf: isServer,
    perMonth: 8,
    needMs: 30 * MINUTE_MS,
    lastsMs: HOURS,
    tell: busy,
  }),
  at('program runs wild on a desk', ['cpu.sustained'], {
    isOf: isDesk,
    perMonth: 5,
    needMs: 90 * MINUTE_MS,
    lastsMs: HOURS,
    tell: busy,
  }),
  at('disk dies', ['disk-health'], {
    isOf: isServer,
    perMonth: 5,
    growsMs: [DAY_MS, 6 * DAY_MS],
    needMs: HOUR_MS,
    lastsMs: DAYS,
    tell: diskDies,
  }),
  at('disk of a user dies', ['disk-health'], {
    isOf: isDesk,
    perMonth: 8,
    growsMs: [DAY_MS, 6 * DAY_MS],
    needMs: HOUR_MS,
    lastsMs: DAYS,
    tell: diskDies,
  }),
  at('array loses a disk', ['raid'], {
    isOf: isServer,
    perMonth: 4,
    needMs: 15 * MINUTE_MS,
    lastsMs: DAYS,
    tell: standing({ kind: 'array', instance: 'md0' }, { 'fettle.raid.state': 2 }),
  }),
  at('backup fails', ['backup'], {
    isOf: isServer,
    perMonth: 6,
    growsMs: [26 * HOUR_MS, 26 * HOUR_MS],
    needMs: 0,
    lastsMs: DAYS,
    tell: backupFails,
  }),
  at('certificate runs out', ['cert.expiry'], {
    isOf: isServer,
    perMonth: 5,
    growsMs: [26 * HOUR_MS, 26 * HOUR_MS],
    needMs: HOUR_MS,
    lastsMs: DAYS,
    tell: runsOut,
  }),
  at('server is too hot', ['temperature'], {
    isOf: isServer,
    perMonth: 3,
    needMs: 20 * MINUTE_MS,
    lastsMs: HOURS,
    tell: standing({ kind: 'heat', instance: 'CPU' }, { 'fettle.temperature.headroom': 3 }),
  }),
  at('fan stands still', ['fan.stalled'], {
    isOf: isServer,
    perMonth: 2,
    needMs: 20 * MINUTE_MS,
    lastsMs: HOURS,
    tell: standing({ kind: 'fan', instance: 'CPU' }, { 'fettle.fan.state': 2 }),
  }),
  at('antivirus off on a server', ['protection.antivirus'], {
    isOf: isServer,
    perMonth: 3,
    needMs: HOUR_MS,
    lastsMs: HOURS,
    tell: standing({ kind: 'antivirus', instance: 'Guard' }, { 'fettle.protection.antivirus': 0 }),
  }),
  at('antivirus off on a desk', ['protection.antivirus'], {
    isOf: isDesk,
    perMonth: 10,
    needMs: HOUR_MS,
    lastsMs: DAYS,
    tell: standing({ kind: 'antivirus', instance: 'Guard' }, { 'fettle.protection.antivirus': 0 }),
  }),
  at('log tells of failing hardware', ['log.hardware'], {
    isOf: (machine) => isServer(machine) || isDesk(machine),
    perMonth: 6,
    needMs: 15 * MINUTE_MS,
    lastsMs: DAYS,
    tell: logsHardware,
  }),
  at('someone becomes administrator', ['admin.added'], {
    isOf: isDesk,
    perMonth: 5,
    needMs: 30 * MINUTE_MS,
    lastsMs: DAYS,
    tell: adminAppears,
  }),
  at('clock is wrong by minutes', ['time.skew'], {
    isOf: isDesk,
    perMonth: 8,
    needMs: 80 * MINUTE_MS,
    lastsMs: DAYS,
    tell: standing({ kind: 'clock', instance: '' }, { 'fettle.time.offset': 420 }),
  }),
  at('clock is wrong by a minute', ['time.skew'], {
    isOf: isDesk,
    perMonth: 20,
    needMs: null,
    lastsMs: DAYS,
    tell: standing({ kind: 'clock', instance: '' }, { 'fettle.time.offset': 90 }),
  }),
  at('battery swells', ['battery.health'], {
    isOf: isLaptop,
    perMonth: 5,
    needMs: 90 * MINUTE_MS,
    lastsMs: DAYS,
    tell: standing({ kind: 'battery', instance: 'BAT0' }, { 'fettle.battery.health': 0.42 }),
  }),
  at('laptop in the sun', ['temperature'], {
    isOf: isLaptop,
    perMonth: 30,
    needMs: null,
    lastsMs: [20 * MINUTE_MS, HOUR_MS],
    tell: standing({ kind: 'heat', instance: 'CPU' }, { 'fettle.temperature.headroom': 3 }),
  }),
  at('long computation on a desk', ['cpu.sustained'], {
    isOf: isDesk,
    perMonth: 120,
    needMs: null,
    lastsMs: [5 * MINUTE_MS, 40 * MINUTE_MS],
    tell: busy,
  }),
];

export const badUpdate: Recipe = at('bad update', SERVICE, {
  isOf: isWindowsDesk,
  perMonth: 0,
  needMs: 20 * MINUTE_MS,
  lastsMs: [4 * HOUR_MS, 6 * HOUR_MS],
  tell: standing(service('Print helper'), inState(STOPPED)),
});
