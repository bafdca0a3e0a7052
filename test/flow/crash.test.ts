// The crash loop as `npm run crash` runs it, in few cycles: what it finds wrong is in its output.
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { until } from '../../scripts/until.ts';
import { root } from '../support/place.ts';
import { run } from '../support/program.ts';

const CYCLES = 50;
const figures = z.looseObject({
  cycles: z.literal(CYCLES),
  alerts_issued: z.int(),
  metric_batches_stored: z.int(),
  first_metric_max_ms: z.int(),
});

describe(`${CYCLES} kills of agent and server with a faulty network between`, () => {
  it('lose and double nothing that was on a disk, and everything goes on by itself', async () => {
    const loop = run(join(root, 'scripts', 'crash.ts'), ['--cycles', String(CYCLES)]);
    await until('the end', () => loop.exitCode() !== null, 170_000);
    expect(loop.exitCode(), loop.stderr()).toBe(0);
    const found = figures.parse(JSON.parse(loop.stdout().trim().split('\n').at(-1) ?? ''));
    // it did happen: alerts and readings came through in between
    expect(found.alerts_issued).toBeGreaterThan(CYCLES / 2);
    expect(found.metric_batches_stored).toBeGreaterThan(CYCLES / 2);
    expect(found.first_metric_max_ms).toBeLessThan(15_000);
  });
});
