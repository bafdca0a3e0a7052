// The simulated fleet, as a program of its own: `npm start -- --demo N` starts it and tells it on stdin what to do.
import { createInterface } from 'node:readline';

import { z } from 'zod';

import { startFleet } from './demo/fleet.ts';

const schema = z.strictObject({
  url: z.string(),
  token: z.string(),
  devices: z.int(),
  backMs: z.int(),
  rate: z.number(),
});

const lines = createInterface({ input: process.stdin });
let stop: Promise<() => Promise<void>> | undefined;
lines.once('line', (line) => {
  stop = startFleet(schema.parse(JSON.parse(line)));
});
// the other side's end is ours: stdin ends when `npm start` does, however it does
lines.once('close', () => void stop?.then((end) => end()).finally(() => process.exit(0)));
