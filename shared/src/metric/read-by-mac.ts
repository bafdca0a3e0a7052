// What the agent reads on macOS.
import { anywhere } from './read-by-any.ts';
import { linux } from './read-by-linux.ts';
import type { Sources } from './source.ts';

export const macos = {
  ...anywhere,
  memory: {
    tier: 'fast',
    provides: ['system.memory.limit', 'system.memory.usage', 'system.memory.utilization'],
  },
  load: linux.load,
  volumes: linux.volumes,
} as const satisfies Sources;
