// What stands in every line that a child writes for the resident agent.
import { z } from 'zod';

export const samplesSchema = z
  .array(z.strictObject({ metric: z.string(), attributes: z.record(z.string(), z.string()), value: z.number() }))
  .max(2_000);

export const costSchema = z.strictObject({
  cpuMs: z.number().min(0),
  children: z.number().min(0),
  bytes: z.number().min(0),
});
