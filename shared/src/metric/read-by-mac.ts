// What the agent reads on macOS. What a program must be asked for is read by one short-lived child each quarter of an hour.
import { anywhere } from './read-by-any.ts';
import { linux } from './read-by-linux.ts';
import type { Sources } from './source.ts';

export const macos = {
  ...anywhere,
  /** What Node calls free is without what macOS would give at once: nearly nothing, always. */
  memory: {
    tier: 'slow',
    provides: [
      'system.memory.limit',
      'system.memory.usage',
      'system.memory.utilization',
      'system.paging.usage',
      'fettle.memory.pressure',
    ],
  },
  load: linux.load,
  volumes: {
    tier: 'minute',
    provides: [
      'system.filesystem.limit',
      'system.filesystem.usage',
      'fettle.filesystem.available',
      'system.filesystem.utilization',
      'fettle.filesystem.inodes.utilization',
    ],
  },
  'volume-list': { tier: 'slow', provides: [] },
  battery: { ...linux.battery, tier: 'slow' },
  services: { ...linux.services, tier: 'slow' },
  smart: linux.smart,
  thermal: { tier: 'slow', provides: ['fettle.thermal.pressure'] },
} as const satisfies Sources;
