import type { Host } from '../../host/host.ts';
import { parseErrorStats } from './btrfs.parse.ts';
import { listOrNone, readOrNone } from './files.ts';
import type { ArrayState } from './md.parse.ts';
import type { Pool } from './pool.ts';

const BTRFS = '/sys/fs/btrfs';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
/** The number of the device that another is being copied to: not one of the array yet. */
const REPLACEMENT = '0';
/** `exclusive_operation` while a missing device is made good for. */
const MENDING = new Set(['device replace', 'device remove']);

export const btrfsPools = (host: Host): readonly Pool[] => {
  const found = listOrNone(host, BTRFS)
    .filter((name) => UUID.test(name))
    .map((uuid) => btrfsPool(host, uuid));
  const isDouble = ({ name }: Pool) => found.filter((other) => other.name === name).length > 1;
  return found.map((pool) => (isDouble(pool) ? { ...pool, name: `${pool.name} ${shortOf(pool.id)}` } : pool));
};

type Device = { readonly number: string; readonly isMissing: boolean; readonly errors: number | undefined };

const btrfsPool = (host: Host, uuid: string): Pool => {
  const folder = `${BTRFS}/${uuid}`;
  const devices = listOrNone(host, `${folder}/devinfo`)
    .filter((number) => number !== REPLACEMENT)
    .map((number) => deviceOf(host, `${folder}/devinfo/${number}`, number));
  const label = readOrNone(host, `${folder}/label`)?.trim() ?? '';
  const state = stateOf(devices, readOrNone(host, `${folder}/exclusive_operation`)?.trim() ?? '');
  const errors = sumOf(devices);
  const missing = devices.filter(({ isMissing }) => isMissing);
  const isArray = devices.length > 1;
  return {
    id: uuid,
    name: label === '' ? `btrfs ${shortOf(uuid)}` : label,
    about: [
      'btrfs',
      ...(devices.length === 0 ? [] : [devices.length === 1 ? '1 device' : `${devices.length} devices`]),
      ...(isArray ? [state] : []),
      ...missing.map(({ number }) => `device ${number} is missing`),
      ...devices.flatMap(({ number, errors: count }) => (count ? [`device ${number} had ${count} errors`] : [])),
    ].join(', '),
    ...(isArray && { state, missing: missing.length }),
    ...(errors !== undefined && { errors }),
  };
};

const deviceOf = (host: Host, folder: string, number: string): Device => {
  const stats = readOrNone(host, `${folder}/error_stats`);
  return {
    number,
    isMissing: readOrNone(host, `${folder}/missing`)?.trim() === '1',
    errors: stats === undefined ? undefined : parseErrorStats(stats),
  };
};

const stateOf = (devices: readonly Device[], operation: string): ArrayState => {
  if (!devices.some(({ isMissing }) => isMissing)) return 'healthy';
  return MENDING.has(operation) ? 'rebuilding' : 'degraded';
};

const sumOf = (devices: readonly Device[]): number | undefined => {
  let sum = 0;
  for (const { errors } of devices) {
    if (errors === undefined) return undefined; // kernels before 5.14 do not say
    sum += errors;
  }
  return devices.length === 0 ? undefined : sum;
};

const shortOf = (uuid: string): string => uuid.slice(0, 8);
