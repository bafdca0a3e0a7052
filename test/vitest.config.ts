import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

/** Much of a unit's time is spent waiting for a disk, a child or a socket: more of them than cores. */
const unit = (name: string, root: string) => ({
  test: {
    name,
    root,
    include: ['**/*.test.ts', '**/*.test.tsx'],
    testTimeout: 20_000, // for what hangs; a busy machine is no failure
    hookTimeout: 20_000,
    expect: { poll: { timeout: 5_000 } },
  },
});

/** Real processes, disks and browsers, with time for slow machines. Units first: their groupOrder is 0. */
const whole = (name: string, maxWorkers: number, groupOrder: number) => ({
  test: {
    name,
    root: `test/${name}`,
    include: ['**/*.test.ts'],
    maxWorkers,
    sequence: { groupOrder },
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  test: {
    passWithNoTests: true,
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      unit('shared', 'shared/src'),
      unit('agent', 'agent/src'),
      unit('server', 'server/src'),
      unit('console', 'server/console/src'),
      unit('scripts', 'scripts'),
      whole('flow', 3, 1),
      whole('alone', 1, 2),
    ],
  },
});
