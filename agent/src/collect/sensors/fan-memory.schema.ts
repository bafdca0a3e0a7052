// When each fan was last seen to turn, so that one that has stopped is told from one that never ran, over restarts too.
import { z } from 'zod';

export const fanMemory = z.record(
  z.string().max(600),
  z.strictObject({ turnedMs: z.number().min(0).max(8_640_000_000_000_000), isStalled: z.boolean() }),
);

export type FanMemory = z.infer<typeof fanMemory>;
