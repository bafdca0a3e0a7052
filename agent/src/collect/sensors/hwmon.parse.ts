// What the files of a hardware monitoring chip say. Units and names: the kernel's Documentation/hwmon/sysfs-interface.rst.

export type Location = 'cpu' | 'gpu' | 'disk' | 'board' | 'other';

const INTEGER = /^-?\d{1,9}$/;
const COUNT = /^\d{1,9}$/;

/** Below it no machine works. */
const COLDEST = -40;
/** From here on it is what an open or shorted probe reads: 127.0 and 127.875 fill seven bits. */
const OPEN_PROBE = 127;
/** A chip that is not ready says 0 or -1, in degrees or in thousandths. */
const NOTHING = new Set([0, -0.001, -1]);
/** A limit below it was never set, or is a lower one. */
const LOWEST_LIMIT = 40;
/** Small fans of servers come near it; a counter that saw no pulse is far beyond. */
const FASTEST_RPM = 40_000;

/** temp*_input: thousandths of a degree. @returns °C, or undefined when it is no temperature of a machine */
export const parseTemperature = (text: string): number | undefined => {
  const value = milli(text);
  return value === undefined || value < COLDEST || value >= OPEN_PROBE || NOTHING.has(value) ? undefined : value;
};

/** temp*_crit, temp*_max, trip points. @returns °C, or undefined for the many ways to say that there is no limit */
export const parseLimit = (text: string): number | undefined => {
  const value = milli(text);
  return value === undefined || value < LOWEST_LIMIT || value >= OPEN_PROBE ? undefined : value;
};

const milli = (text: string): number | undefined => {
  const word = text.trim();
  return INTEGER.test(word) ? Number(word) / 1000 : undefined;
};

/** fan*_input. @returns revolutions per minute */
export const parseRpm = (text: string): number | undefined => {
  const word = text.trim();
  const value = Number(word);
  return COUNT.test(word) && value <= FASTEST_RPM ? value : undefined;
};

/** Processors' own sensors, in the kernel's names and those of common drivers from outside. */
const CPU_CHIP = /^(?:coretemp|k8temp|k10temp|zenpower\d?|via_cputemp|x86_pkg_temp|(?:cpu|soc)\w*_thermal|cpu)$/;
const GPU_CHIP = /^(?:amdgpu|radeon|nouveau|i915|xe)$/;
const DISK_CHIP = /^(?:nvme|drivetemp)$/;
/** Cards with sensors of their own: network, power supplies, coolers on USB. */
const OTHER_CHIP = /^(?:iwlwifi|ath1|mt7|rtw|r8169|ixgbe|i350|mlx|bnxt|phy|corsair|kraken|nzxt|BAT|pmbus)/;
const CPU_LABEL = /\bCPU(?!\s*VR)|^CPUTIN$|\bPECI\b|^TSI\d|^T(?:ctl|die|ccd\d+)$/i;

export const isCpuChip = (chip: string): boolean => CPU_CHIP.test(chip);

/** By the chip, and on the board's own chips by what the label calls a CPU. */
export const locationOf = (chip: string, label: string): Location => {
  if (isCpuChip(chip)) return 'cpu';
  if (GPU_CHIP.test(chip)) return 'gpu';
  if (DISK_CHIP.test(chip)) return 'disk';
  if (OTHER_CHIP.test(chip)) return 'other';
  return CPU_LABEL.test(label) ? 'cpu' : 'board';
};

const PCI = /^[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[\da-f]$/;
/** A port of a USB hub (1-4), an address on an I²C bus (7-0050): the number of the bus before it changes from boot to boot. */
const ON_BUS = /^\d+-(.+)$/;
const OF_CLASS = /^(?:hwmon\d*|devices|platform|\.\.|)$/;

/**
 * Where a device sits, in words that outlast a reboot: its PCI address and what lies behind it, else its path.
 * @param link what the class folder's link says: "../../devices/pci0000:00/0000:00:03.0/nvme/nvme0/hwmon1"
 */
export const placeOf = (link: string): string => {
  const parts = link.split('/').filter((part) => !OF_CLASS.test(part));
  const pci = parts.findLastIndex((part) => PCI.test(part));
  if (pci < 0) return parts.join('/');
  return [parts[pci], ...parts.slice(pci + 1).flatMap((part) => ON_BUS.exec(part)?.[1] ?? [])].join('/');
};
