// The chips of /sys/class/hwmon. Layout: the kernel's Documentation/hwmon/sysfs-interface.rst.
import type { Host } from '../../host/host.ts';
import { kernelLink, kernelNames, kernelText } from '../kernel-files.ts';
import { locationOf, parseLimit, placeOf } from './hwmon.parse.ts';
import { type Draft, counted, limitFor, textOf } from './part.ts';

const HWMON = '/sys/class/hwmon';
/**
 * Not read: it asks a disk for its SMART data each time, which resets the timer that lets some disks spin down, and of many
 * nobody knows whether it wakes them (the kernel's Documentation/hwmon/drivetemp.rst). Disks are asked with care, by SMART.
 */
const DISK_WAKER = 'drivetemp';
/** Chips for boards of any make: their "max" is what a register held at power on, set by the firmware or by nobody. */
const BOARD_CHIP = /^(?:nct\d|w83|it8|f71|f8|sch5|dme17|lm\d|adt7|nuvoton|asus)/;

/** One file after the other: what hangs must not hold all threads. */
export const chipParts = async (host: Host): Promise<readonly Draft[]> => {
  const found: Draft[] = [];
  for (const name of counted(host, HWMON, 'hwmon')) {
    const chip = chipAt(host, `${HWMON}/${name}`);
    if (chip.name === DISK_WAKER) continue;
    for (const file of chip.files) found.push(await partOf(host, chip, file));
  }
  return found;
};

type Chip = {
  readonly folder: string;
  readonly name: string;
  readonly place: string;
  /** "temp1", "fan2" … */
  readonly files: readonly string[];
};

const chipAt = (host: Host, link: string): Chip => {
  const folder = folderOf(host, link);
  const files = kernelNames(host, folder).flatMap((file) => /^((?:temp|fan)\d{1,3})_input$/.exec(file)?.[1] ?? []);
  return {
    folder,
    // kept by the kernel: no driver is asked
    name: kernelText(host, `${folder}/name`)?.slice(0, 100) || 'unnamed',
    place: placeOf(kernelLink(host, link)),
    files: files.toSorted((a, b) => numberOf(a) - numberOf(b)),
  };
};

const numberOf = (file: string): number => Number(file.replace(/^\D+/, ''));

/** Some drivers have their files beside the chip's folder, as all had before Linux 3.14. */
const folderOf = (host: Host, folder: string): string => {
  const hasName = (path: string) => kernelNames(host, path).includes('name');
  return !hasName(folder) && hasName(`${folder}/device`) ? `${folder}/device` : folder;
};

const partOf = async (host: Host, { folder, name, place }: Chip, file: string): Promise<Draft> => {
  const path = `${folder}/${file}`;
  const label = await textOf(host, `${path}_label`);
  const location = locationOf(name, label);
  return {
    kind: file.startsWith('fan') ? 'fan' : 'temperature',
    path: `${path}_input`,
    chip: name,
    chipId: place === '' ? name : `${name}@${place}`,
    location,
    file,
    label,
    place,
    ...(file.startsWith('temp') && limitFor(name, await ownLimit(host, path, name))),
    ...(location === 'gpu' && { powerPath: `${folder}/device/power/runtime_status` }),
  };
};

const ownLimit = async (host: Host, path: string, chip: string): Promise<number | undefined> => {
  const critical = parseLimit(await textOf(host, `${path}_crit`));
  if (critical !== undefined || BOARD_CHIP.test(chip)) return critical;
  return parseLimit(await textOf(host, `${path}_max`));
};
