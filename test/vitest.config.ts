import { defineConfig } from 'vitest/config';

const unit = (name: string, root: string) => ({ test: { name, root, include: ['**/*.test.ts', '**/*.test.tsx'] } });

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
