// A tenth of `npm run fuzz`, with a seed that stays.
import { expect, it } from 'vitest';

import { fuzz } from './run.ts';
import { countsOf } from './tally.ts';

const SEED = 20_261_123;

it('100,000 broken messages, 25,000 broken frames and every way to harm 4 KiB of a spool: nothing falls', async () => {
  const { server, agent, segmentCases, crashes } = await fuzz({
    seed: SEED,
    messages: 100_000,
    frames: 25_000,
    segmentBytes: 4_096,
  });
  expect(crashes).toEqual([]);
  // as deep as that: a good part of it is taken, and a good part is told to be wrong in each way there is
  for (const count of Object.values(countsOf(server.texts))) expect(count).toBeGreaterThan(1_000);
  expect(Math.min(server.frames.accepted, server.frames.refused)).toBeGreaterThan(2_000);
  expect(Math.min(agent.accepted, agent.refused)).toBeGreaterThan(2_000);
  expect(server.hellos).toBeGreaterThan(500);
  expect(segmentCases).toBe(9 * 4_096);
}, 240_000);
