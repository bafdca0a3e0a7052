// What the agent reads on Windows. What WMI must be asked for is read by one start of PowerShell in half an hour.
import { anywhere } from './read-by-any.ts';
import { linux } from './read-by-linux.ts';
import type { Sources } from './source.ts';

export const windows = {
  ...anywhere,
  memory: {
    tier: 'fast',
    provides: ['system.memory.limit', 'system.memory.usage', 'system.memory.utilization'],
  },
  volumes: {
    tier: 'minute',
    provides: [
      'system.filesystem.limit',
      'system.filesystem.usage',
      'fettle.filesystem.available',
      'system.filesystem.utilization',
    ],
  },
  'volume-list': { tier: 'slow', provides: [] },
  paging: {
    tier: 'slow',
    provides: ['fettle.memory.commit.utilization', 'system.paging.usage', 'system.paging.utilization'],
  },
  battery: { ...linux.battery, tier: 'slow' },
  services: { tier: 'slow', provides: ['fettle.service.state'] },
  'event-log': { tier: 'slow', provides: ['fettle.log.hardware', 'fettle.log.crash', 'fettle.log.errors'] },
  smart: linux.smart,
} as const satisfies Sources;
