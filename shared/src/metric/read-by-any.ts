// What the agent reads in the same way on every system.
import type { Sources } from './source.ts';

export const anywhere = {
  cpu: { tier: 'fast', provides: ['system.cpu.utilization'] },
  uptime: { tier: 'minute', provides: ['system.uptime'] },
  /** By the clock of the server. */
  clock: { tier: 'slow', provides: ['fettle.time.offset'] },
  inventory: { tier: 'daily', provides: [] },
} as const satisfies Sources;
