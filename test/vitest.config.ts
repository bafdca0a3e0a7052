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

/** Real processes, disks and browsers: one file at a time, and time for slow machines. */
const flow = {
  test: {
    name: 'flow',
    root: 'test/flow',
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
};

export default defineConfig({
  test: {
    passWithNoTests: true,
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      unit('shared', 'shared/src'),
      unit('agent', 'agent/src'),
      unit('server', 'server/src'),
      unit('console', 'server/console/src'),
      unit('scripts', 'scripts'),
      flow,
    ],
  },
});
