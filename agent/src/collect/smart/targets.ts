// Which devices are asked, and how: what the scan found, as far as the administrator does not say otherwise.
import type { Host } from '../../host/host.ts';
import { DISKS_MAX, type Scanned } from './scan.parse.ts';

type Declared = Host['declared']['disk'][number];

export type Target = Scanned & {
  readonly key: string;
  /** Asked although that may wake it. */
  readonly mayWake: boolean;
};

export const targetsOf = (scanned: readonly Scanned[], declared: readonly Declared[]): readonly Target[] => {
  const found = scanned.flatMap((one) => {
    const entry = declarationOf(one, declared);
    if (entry) return entry.skip === true ? [] : [targetOf(one, entry)];
    return isReplaced(one, scanned, declared) ? [] : [targetOf(one)];
  });
  const keys = new Set(found.map(({ key }) => key));
  const added = declared
    .filter((entry) => entry.skip !== true && !entry.device.startsWith('-'))
    .filter((entry) => !scanned.some((one) => isAbout(entry, one)))
    .map((entry) => targetOf({ device: entry.device, ...(entry.type !== undefined && { type: entry.type }) }, entry))
    .filter(({ key }) => !keys.has(key));
  return [...found, ...new Map(added.map((target) => [target.key, target])).values()].slice(0, DISKS_MAX);
};

/** Whether nothing is to be said of what is at `key`. */
export const isSkipped = (key: string, declared: readonly Declared[]): boolean =>
  declared.some(({ device, type, skip }) => {
    if (skip !== true) return false;
    return type === undefined ? key === device || key.startsWith(`${device} `) : key === keyOf(device, type);
  });

/** Device and type: one device can stand for many disks behind a controller. */
const keyOf = (device: string, type: string | undefined): string => (type === undefined ? device : `${device} ${type}`);

const isAbout = ({ device, type }: Declared, one: Scanned): boolean =>
  device === one.device && (type === undefined || type === one.type);

/** What names the type too comes before what is about the whole device. */
const declarationOf = (one: Scanned, declared: readonly Declared[]): Declared | undefined => {
  const about = declared.filter((entry) => isAbout(entry, one));
  return about.find(({ type }) => type !== undefined) ?? about[0];
};

/** Another type is declared for the only disk that the scan found there: the scan was wrong about it. */
const isReplaced = (one: Scanned, scanned: readonly Scanned[], declared: readonly Declared[]): boolean =>
  scanned.filter(({ device }) => device === one.device).length === 1 &&
  declared.some((entry) => entry.device === one.device && entry.type !== undefined);

const targetOf = (one: Scanned, entry?: Declared): Target => ({
  ...one,
  key: keyOf(one.device, one.type),
  mayWake: entry?.wake === true,
});
