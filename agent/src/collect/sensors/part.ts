// One file that can be read for a value, and how its files are read while they are looked for.
import type { Host } from '../../host/host.ts';
import { kernelNames } from '../kernel-files.ts';
import { type Location, isCpuChip } from './hwmon.parse.ts';

export type Part = {
  readonly kind: 'temperature' | 'fan';
  readonly path: string;
  /** Lasting: chip, place and file, never the number that the kernel counts chips by. */
  readonly id: string;
  readonly name: string;
  readonly chip: string;
  /** One per chip: what hangs, hangs for all of it, and a graphics card's fan is judged by its own heat. */
  readonly chipId: string;
  readonly location: Location;
  /** Without it there is no headroom. */
  readonly limit?: Limit;
  /** A file that says "suspended" while the device sleeps, and must not be woken. */
  readonly powerPath?: string;
};

export type Limit = { readonly celsius: number; readonly from: 'its own limit' | 'the usual limit of a CPU' };

/** A part before all are known, so that names can be made that tell them apart. */
export type Draft = Omit<Part, 'id' | 'name'> & {
  readonly file: string;
  readonly label: string;
  readonly place: string;
};

/** Where a processor has no limit of its own: Tjmax of most Ryzen and EPYC processors, by AMD's product specifications. */
const CPU_LIMIT = 95;

/** @param own °C, where the chip has one */
export const limitFor = (chip: string, own: number | undefined): { readonly limit?: Limit } => {
  if (own !== undefined) return { limit: { celsius: own, from: 'its own limit' } };
  return isCpuChip(chip) ? { limit: { celsius: CPU_LIMIT, from: 'the usual limit of a CPU' } } : {};
};

/** "" for a file that is not there or does not answer: most are optional. */
export const textOf = async (host: Host, path: string): Promise<string> => {
  try {
    return (await host.readSensor(path)).trim().slice(0, 100);
  } catch {
    return '';
  }
};

/** The members of a class folder that are named so and counted, in the kernel's order. */
export const counted = (host: Host, folder: string, prefix: string): readonly string[] =>
  kernelNames(host, folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .toSorted((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
