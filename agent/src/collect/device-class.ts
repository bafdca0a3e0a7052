// What kind of machine this is, where nobody says so.
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';

import type { Host } from '../host/host.ts';

/** System enclosure types: DSP0134 (SMBIOS reference specification) 3.7, section 7.4.1. */
const LAPTOP = new Set([8, 9, 10, 14, 30, 31, 32]);
const DESKTOP = new Set([3, 4, 5, 6, 7, 13, 15, 16, 24, 34, 35, 36]);
const SERVER = new Set([17, 23, 25, 28, 29]);

/** By the chassis that the firmware names, else a server on Linux and a desktop elsewhere. */
export const deviceClassOf = (host: Host): DeviceClass => classOfChassis(readChassis(host)) ?? fallback(host.os);

const classOfChassis = (type: number | undefined): DeviceClass | undefined => {
  if (type === undefined) return undefined;
  if (LAPTOP.has(type)) return 'laptop';
  if (SERVER.has(type)) return 'server';
  return DESKTOP.has(type) ? 'desktop' : undefined;
};

const fallback = (os: Os): DeviceClass => (os === 'linux' ? 'server' : 'desktop');

const readChassis = (host: Host): number | undefined => {
  try {
    return Number(host.readKernel('/sys/class/dmi/id/chassis_type'));
  } catch {
    return undefined; // no firmware tables, or another system
  }
};
