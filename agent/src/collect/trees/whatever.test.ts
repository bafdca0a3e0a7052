// Sensors, batteries and arrays of a kernel that says anything: what comes is a value that the catalogue takes, or a reason.
import { quantise } from '@fettle/shared/metric/sample';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Host } from '../../host/host.ts';
import { arrays } from '../arrays/arrays.ts';
import { battery } from '../battery/battery.ts';
import { UnavailableError } from '../collector.ts';
import { hostAt, memoryOf } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { sensors } from '../sensors/sensors.ts';

const UUID = '6b5536fa-3b94-4ca4-906c-039763100f55';
const CHIP = [
  'name',
  'temp1_input',
  'temp1_label',
  'temp1_crit',
  'temp1_max',
  'temp2_input',
  'fan1_input',
  'fan2_input',
];
const MD = [
  'array_state',
  'level',
  'metadata_version',
  'raid_disks',
  'degraded',
  'sync_action',
  'uuid',
  'dev-sda/state',
];
const PATHS = [
  ...['0', '1'].flatMap((number) => CHIP.map((file) => `/sys/class/hwmon/hwmon${number}/${file}`)),
  ...['type', 'temp', 'trip_point_0_type', 'trip_point_0_temp'].map(
    (file) => `/sys/class/thermal/thermal_zone0/${file}`,
  ),
  ...['BAT0', 'AC'].flatMap((name) => ['type', 'uevent'].map((file) => `/sys/class/power_supply/${name}/${file}`)),
  ...MD.map((file) => `/sys/block/md0/md/${file}`),
  ...['label', 'exclusive_operation', 'devinfo/1/missing', 'devinfo/2/missing', 'devinfo/2/error_stats'].map(
    (file) => `/sys/fs/btrfs/${UUID}/${file}`,
  ),
  '/proc/spl/kstat/zfs/tank/state',
];

const WORDS = [
  'coretemp',
  'nvme',
  'amdgpu',
  'clean',
  'raid5',
  'recover',
  'faulty',
  'critical',
  'ONLINE',
  '1',
  '0',
  'toString',
];
const STATS = ['1', '99999999999999999999', '0', '-1'].map(
  (count) => `write_errs 1\nread_errs ${count}\nflush_errs 0\ncorruption_errs 0\ngeneration_errs 0`,
);
const KEYS = [
  'STATUS',
  'PRESENT',
  'ENERGY_NOW',
  'ENERGY_FULL',
  'ENERGY_FULL_DESIGN',
  'POWER_NOW',
  'CYCLE_COUNT',
  'ONLINE',
];
const word = fc.constantFrom('Battery', 'Mains', ...WORDS, ...STATS);
const uevent = fc
  .dictionary(
    fc.constantFrom(...KEYS),
    fc.oneof(fc.constantFrom('Discharging', '1'), fc.integer().map(String), fc.string()),
  )
  .map((properties) => Object.entries(properties).map(([key, value]) => `POWER_SUPPLY_${key}=${value}\n`))
  .map((lines) => lines.join(''));
const text = fc.oneof(word, uevent, fc.string(), fc.integer().map(String), fc.double().map(String));
const textOf = (path: string) => {
  if (path.endsWith('BAT0/type')) return fc.constant('Battery');
  return path.endsWith('/uevent') ? uevent : text;
};
const failure = fc.constantFrom('ENOENT', 'EACCES', 'EIO', 'EAGAIN', 'ENODEV', 'ENXIO', 'EINVAL');
/** Each file is there with any text, or fails in any way. */
const kernel = fc.record(
  Object.fromEntries(
    PATHS.map((path) => [
      path,
      fc.oneof(
        { weight: 5, arbitrary: textOf(path) },
        failure.map((code) => ({ code })),
      ),
    ]),
  ),
);

const fail = (code: string): never => {
  throw Object.assign(new Error(`${code}: a file`), { code });
};

const machineOf = (files: Readonly<Record<string, string | { readonly code: string }>>): Host => {
  const readKernel = (path: string): string => {
    const found = files[path] ?? { code: 'ENOENT' };
    return typeof found === 'string' ? found : fail(found.code);
  };
  return {
    ...hostAt('', new HandClock()),
    memory: memoryOf(),
    readKernel,
    readSensor: async (path) => readKernel(path),
    readLink: () => fail('EINVAL'),
    listKernel: (folder) => {
      const below = PATHS.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
      return below.length === 0 ? fail('ENOENT') : [...new Set(below.map((path) => path.split('/')[0] ?? ''))];
    },
  };
};

describe.each([{ make: sensors }, { make: battery }, { make: arrays }])('$make.name, of any kernel', ({ make }) => {
  it('gives values of the catalogue, or reasons', async () => {
    const collector = make();
    let given = 0;
    await fc.assert(
      fc.asyncProperty(kernel, async (files) => {
        const host = machineOf(files);
        expect(await collector.probe(host)).toHaveProperty('ok');
        try {
          const {
            samples,
            partial = [],
            sections = [],
          } = await make().collect(host, {
            monoMs: 0,
            signal: new AbortController().signal,
          });
          given += samples.length;
          for (const { metric, value } of samples) expect(quantise(metric, value)).toBeTypeOf('number');
          expect(samples.every(({ metric }) => collector.provides.includes(metric))).toBe(true);
          expect([...partial, ...sections].every((one) => JSON.stringify(one).length < 30_000)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UnavailableError);
        }
      }),
      { numRuns: 200 },
    );
    expect(given).toBeGreaterThan(10);
  });
});
