import { reasonSchema, sectionSchema } from '@fettle/shared/wire/record.schema';
// What a child says of one collector, as the resident agent takes it.
import { z } from 'zod';

export const probeAnswer = z.strictObject({
  /** Absent: it can read, from `source`. */
  unavailable: reasonSchema.exactOptional(),
  source: z.string().max(200),
  /** Why it failed, where it did. */
  failed: reasonSchema.exactOptional(),
  samples: z
    .array(z.strictObject({ metric: z.string(), attributes: z.record(z.string(), z.string()), value: z.number() }))
    .max(2_000),
  partial: z.array(reasonSchema).max(100),
  sections: z.array(sectionSchema).max(100),
  cost: z.strictObject({ cpuMs: z.number().min(0), children: z.number().min(0), bytes: z.number().min(0) }),
});

export type ProbeAnswer = z.infer<typeof probeAnswer>;
