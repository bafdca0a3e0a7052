// How hot a disk is, and how hot it may be.
import { pick, whole } from './fields.parse.ts';
import { statistic } from './statistic.parse.ts';

export type Temperature = {
  readonly celsius: number;
  readonly limit: number;
  /** Whose limit it is: the disk's own, or what is usual for its class. */
  readonly limitOf: 'disk' | 'class';
};

/** 0 is what disks say that do not know; 127 and more, and what is below 0, are marks of "no reading". */
const [COLDEST, HOTTEST] = [1, 126] as const;
/** A limit below it is a limit of something else. */
const LIMIT_MIN = 40;
/** Where makers' data sheets end: 60 °C for nearly all disks that turn, 70 to 85 °C for those that do not. */
const CLASS_LIMIT = { turning: 60, solid: 80 } as const;

/** @returns undefined when no plausible temperature is given */
export const parseTemperature = (document: unknown, isSolid: boolean): Temperature | undefined => {
  const celsius = [pick(document, 'temperature', 'current'), ...environment(document)].map(whole).find(isPlausible);
  if (celsius === undefined) return undefined;
  const own = ownLimit(document);
  return own === undefined ? ofClass(celsius, isSolid) : { celsius, limit: own, limitOf: 'disk' };
};

const isPlausible = (celsius: number | undefined): celsius is number =>
  celsius !== undefined && celsius >= COLDEST && celsius <= HOTTEST;

const ofClass = (celsius: number, isSolid: boolean): Temperature => ({
  celsius,
  limit: isSolid ? CLASS_LIMIT.solid : CLASS_LIMIT.turning,
  limitOf: 'class',
});

/** Where nothing is known of the disk's own limit. @returns undefined when it is not plausible */
export const temperatureOf = (value: unknown, isSolid: boolean): Temperature | undefined => {
  const celsius = whole(value);
  return isPlausible(celsius) ? ofClass(celsius, isSolid) : undefined;
};

/** SAS: the environmental reporting page numbers its sensors from 1 (SPC-5); smartctl writes `temperature_1` … */
const environment = (document: unknown): readonly unknown[] => {
  const reports = pick(document, 'scsi_environmental_reports');
  return [1, 2, 3].map((sensor) => pick(reports, `temperature_${sensor}`, 'current'));
};

/**
 * NVMe: critical, else warning composite temperature threshold (CCTEMP, WCTEMP). ATA: the highest temperature to work at, of the
 * SCT status or the device statistics (ACS-4). SAS: the temperature at which the drive trips (SPC-5, temperature log page).
 */
const ownLimit = (document: unknown): number | undefined => {
  const said = [
    pick(document, 'temperature', 'critical_limit_max'),
    pick(document, 'nvme_composite_temperature_threshold', 'critical'),
    pick(document, 'temperature', 'op_limit_max'),
    pick(document, 'nvme_composite_temperature_threshold', 'warning'),
    specifiedMaximum(document),
    pick(document, 'temperature', 'limit_max'),
    pick(document, 'temperature', 'drive_trip'),
  ];
  return said.map(whole).find((limit) => limit !== undefined && limit >= LIMIT_MIN && limit <= HOTTEST);
};

const specifiedMaximum = (document: unknown): unknown => statistic(document, 'Specified Maximum Operating Temperature');
