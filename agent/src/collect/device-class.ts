// What kind of machine this is, where nobody says so.
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';

import type { Host } from '../host/host.ts';
import { kernelText } from './kernel-files.ts';

/** System enclosure types: DSP0134 (SMBIOS reference specification) 3.7, section 7.4.1. */
const LAPTOP = new Set([8, 9, 10, 14, 30, 31, 32]);
const DESKTOP = new Set([3, 4, 5, 6, 7, 13, 15, 16, 24, 34, 35, 36]);
const SERVER = new Set([17, 23, 25, 28, 29]);

/** The same in words, of those that are fitted today. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [3, 'Desktop'],
  [4, 'Low profile desktop'],
  [6, 'Mini tower'],
  [7, 'Tower'],
  [8, 'Portable'],
  [9, 'Laptop'],
  [10, 'Notebook'],
  [11, 'Hand held'],
  [13, 'All in one'],
  [14, 'Sub notebook'],
  [17, 'Main server chassis'],
  [23, 'Rack mount chassis'],
  [28, 'Blade'],
  [29, 'Blade enclosure'],
  [30, 'Tablet'],
  [31, 'Convertible'],
  [32, 'Detachable'],
  [35, 'Mini PC'],
  [36, 'Stick PC'],
]);

export const chassisWord = (type: number): string | undefined => WORDS.get(type);

/** By the chassis that the firmware names, else a server on Linux and a desktop elsewhere. */
export const deviceClassOf = (host: Host): DeviceClass =>
  classOfChassis(Number(kernelText(host, '/sys/class/dmi/id/chassis_type'))) ?? fallback(host.os);

const classOfChassis = (type: number): DeviceClass | undefined => {
  if (LAPTOP.has(type)) return 'laptop';
  if (SERVER.has(type)) return 'server';
  return DESKTOP.has(type) ? 'desktop' : undefined;
};

const fallback = (os: Os): DeviceClass => (os === 'linux' ? 'server' : 'desktop');
