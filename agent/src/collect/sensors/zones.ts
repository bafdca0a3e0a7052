// The zones of /sys/class/thermal that no chip shows. Layout: the kernel's Documentation/driver-api/thermal/sysfs-api.rst.
import type { Host } from '../../host/host.ts';
import { kernelNames } from '../kernel-files.ts';
import { isCpuChip, locationOf, parseLimit } from './hwmon.parse.ts';
import { type Draft, counted, limitFor, textOf } from './part.ts';

const THERMAL = '/sys/class/thermal';
/** No sensor: it always says 20 °C and is there for its policies (the kernel's drivers/thermal/intel/int340x_thermal). */
const DUMMY = 'INT3400 Thermal';

/** @param chips of hwmon, which have most zones too: the kernel makes a chip of a zone, with "_" for "-" in its name */
export const zoneParts = async (host: Host, chips: readonly Draft[]): Promise<readonly Draft[]> => {
  const found: Draft[] = [];
  const hasCpu = chips.some(({ location }) => location === 'cpu');
  for (const name of counted(host, THERMAL, 'thermal_zone')) {
    const type = await textOf(host, `${THERMAL}/${name}/type`);
    const chip = type.replaceAll('-', '_');
    const isShown = chips.some((one) => one.chip === chip) || (hasCpu && isCpuChip(chip));
    if (type !== '' && type !== DUMMY && !isShown) found.push(...(await partOf(host, name, chip)));
  }
  return found;
};

const partOf = async (host: Host, name: string, chip: string): Promise<readonly Draft[]> => {
  const folder = `${THERMAL}/${name}`;
  const files = kernelNames(host, folder);
  if (!files.includes('temp')) return [];
  return [
    {
      kind: 'temperature',
      path: `${folder}/temp`,
      chip,
      // zones have no place of their own; the kernel finds those of one kind in the order of the firmware's tables
      chipId: chip,
      location: locationOf(chip, ''),
      file: 'temp',
      label: '',
      place: '',
      ...limitFor(chip, await tripOf(host, folder, files)),
    },
  ];
};

/** The critical trip point, else the hot one. */
const tripOf = async (host: Host, folder: string, files: readonly string[]): Promise<number | undefined> => {
  const found = new Map<string, number>();
  for (const trip of files.flatMap((file) => /^(trip_point_\d+)_type$/.exec(file)?.[1] ?? [])) {
    const celsius = parseLimit(await textOf(host, `${folder}/${trip}_temp`));
    if (celsius !== undefined) found.set(await textOf(host, `${folder}/${trip}_type`), celsius);
  }
  return found.get('critical') ?? found.get('hot');
};
