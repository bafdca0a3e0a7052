// The tests of one area, for the runner of mutate.ts, which names them.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: (process.env['FETTLE_MUTATE_TESTS'] ?? '').split(',') },
});
