// Which volumes are looked at: those that stay, and that people can reach by a letter or a folder.
import { cleanText } from '@fettle/shared/wire/bytes';

import { pick, whole, words } from '../smart/fields.parse.ts';
import type { Row } from './answer.parse.ts';

export type Volume = {
  /** "C:\", or the folder that it is mounted in. */
  readonly mountpoint: string;
  /** "NTFS", or `UNKNOWN_TYPE`. */
  readonly type: string;
  readonly label?: string;
  readonly bytes?: number;
};

export const UNKNOWN_TYPE = 'unknown';
/** Of Win32_Volume: 2 is removable, 4 a network drive, 5 a CD, 6 a disk in memory. */
const FIXED = 3;
const PATH_MAX_BYTES = 200;
/** A letter, and folders below; not "\\?\Volume{…}\", as those of recovery and of the firmware are called. */
const REACHABLE = /^[A-Za-z]:\\/;

/** @param rows of Win32_Volume */
export const parseVolumes = (rows: readonly Row[]): readonly Volume[] =>
  rows.flatMap((row) => {
    const name = pick(row, 'Name');
    if (typeof name !== 'string' || !REACHABLE.test(name) || pick(row, 'DriveType') !== FIXED) return [];
    const [label, bytes] = [words(pick(row, 'Label')), whole(pick(row, 'Capacity'))];
    const known = { ...(label !== undefined && { label }), ...(bytes !== undefined && { bytes }) };
    const type = words(pick(row, 'FileSystem'));
    return type === undefined ? [] : [{ mountpoint: mountpointOf(name), type, ...known }]; // locked, or without any
  });

const mountpointOf = (name: string): string =>
  cleanText(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, PATH_MAX_BYTES);

/** `reg query HKLM\SYSTEM\MountedDevices`: "    \DosDevices\C:    REG_BINARY    444D494F3A49443A…" */
const LETTER = /^[ \t]{1,20}\\DosDevices\\([A-Z]):[ \t]{1,20}REG_BINARY[ \t]{1,20}([0-9A-F]{0,4000})/gim;
/** "DMIO:ID:" and the partition's GUID, of a disk with a GPT; else a signature of 4 bytes and an offset of 8. */
const PARTITION = /^(?:444D494F3A49443A[0-9A-F]{32}|[0-9A-F]{24})$/i;

/** What Windows remembers of letters, also of disks that are away. A stick or a CD stands there by its name instead. */
export const parseMountedDevices = (text: string): readonly Volume[] => {
  const letters = text.matchAll(LETTER).filter(([, , value = '']) => PARTITION.test(value));
  return [...new Set(letters.map(([, letter = '']) => letter.toUpperCase()))]
    .toSorted()
    .map((letter) => ({ mountpoint: `${letter}:\\`, type: UNKNOWN_TYPE }));
};
