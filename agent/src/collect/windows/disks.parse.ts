// Disks as the Storage API of Windows tells of them: MSFT_PhysicalDisk and its reliability counters, which many disks leave empty.
import type { Disk, Lasting } from '../smart/disk.parse.ts';
import { listOf, pick, whole, words } from '../smart/fields.parse.ts';
import type { Seen } from '../smart/place.ts';
import { temperatureOf } from '../smart/temperature.parse.ts';
import type { Row } from './answer.parse.ts';

/** HealthStatus: 0 healthy, 1 warning, 2 unhealthy, 5 unknown. OperationalStatus 5: failure predicted. */
const UNHEALTHY = 2;
const PREDICTED = 5;
const KNOWN_HEALTH: ReadonlySet<unknown> = new Set([0, 1, UNHEALTHY]);
/** MediaType and BusType of MSFT_PhysicalDisk. */
const SOLID = 4;
const PLUGGED: ReadonlySet<unknown> = new Set([7, 12, 13]);
const BUSES: Readonly<Record<number, string>> = { 7: 'USB', 10: 'SAS', 11: 'SATA', 17: 'NVMe' };
/** Disks of virtual machines: their host knows how they are. */
const VIRTUAL = /virtual|vmware|qemu|vbox|virtio|xen/i;
const HOUR_S = 3_600;
/** A hundred years: more is a mistake. */
const HOURS_MAX = 876_600;
const PERCENT_MAX = 255;

/** @param counters of the same disks, by their DeviceId */
export const parseDisks = (disks: readonly Row[], counters: readonly Row[]): readonly Seen[] => {
  const byDevice = new Map(counters.map((row) => [pick(row, 'DeviceId'), row]));
  return disks.flatMap((row) => {
    const number = words(pick(row, 'DeviceId'));
    if (number === undefined || !/^\d{1,5}$/.test(number)) return [];
    const device = `PhysicalDrive${number}`;
    const isSolid = pick(row, 'MediaType') === SOLID;
    const kernel = { token: '', isRemovable: PLUGGED.has(pick(row, 'BusType')), isSolid };
    return [{ key: device, device, kernel, answer: answerOf(device, row, byDevice.get(pick(row, 'DeviceId'))) }];
  });
};

const answerOf = (device: string, row: Row, counters: Row | undefined): Seen['answer'] => {
  const model = words(pick(row, 'FriendlyName')) ?? 'disk';
  const serial = words(pick(row, 'SerialNumber'))?.replace(/\.$/, '');
  if (VIRTUAL.test(model))
    return {
      kind: 'mute',
      reason: { code: 'virtual', detail: `${device} (${model}) is virtual: its host knows how it is` },
    };
  if (!serial || /^[0_]+$/.test(serial))
    return { kind: 'mute', reason: { code: 'no_hardware', detail: `${device} (${model}) has no serial number` } };
  return { kind: 'disk', disk: diskOf(row, counters, { id: serial, model, serial }) };
};

const diskOf = (
  row: Row,
  counters: Row | undefined,
  identity: Pick<Disk, 'id' | 'model'> & { serial: string },
): Disk => {
  const isSolid = pick(row, 'MediaType') === SOLID;
  const temperature = temperatureOf(pick(counters, 'Temperature'), isSolid);
  const [bytes, firmware] = [whole(pick(row, 'Size')), words(pick(row, 'FirmwareVersion'))];
  const link = BUSES[whole(pick(row, 'BusType')) ?? -1];
  return {
    ...identity,
    isSolid,
    ...(bytes !== undefined && { bytes }),
    ...(firmware !== undefined && { firmware }),
    ...(link !== undefined && { link }),
    ...(isSolid && { rpm: 0 }),
    values: valuesOf(row, counters, isSolid),
    ...(temperature && { temperature }),
    doubts: [],
  };
};

const valuesOf = (row: Row, counters: Row | undefined, isSolid: boolean): Lasting => {
  const health = pick(row, 'HealthStatus');
  const isFailing = health === UNHEALTHY || listOf(pick(row, 'OperationalStatus')).includes(PREDICTED);
  const [wear, hours] = [whole(pick(counters, 'Wear')), whole(pick(counters, 'PowerOnHours'))];
  const errors = whole(pick(counters, 'ReadErrorsUncorrected'));
  return {
    ...((isFailing || KNOWN_HEALTH.has(health)) && { 'fettle.smart.verdict': isFailing ? 1 : 0 }),
    ...(isSolid && wear !== undefined && wear <= PERCENT_MAX && { 'fettle.disk.wear': wear / 100 }),
    ...(hours !== undefined && hours > 0 && hours <= HOURS_MAX && { 'fettle.disk.power_on': hours * HOUR_S }),
    ...(errors !== undefined && { 'fettle.disk.errors.reported': errors }),
  };
};
