// What a child says of one collector, as the resident agent takes it.
import { reasonSchema, sectionSchema } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

import { costSchema, samplesSchema } from './child-line.schema.ts';

export const probeAnswer = z.strictObject({
  /** Absent: it can read, from `source`. */
  unavailable: reasonSchema.exactOptional(),
  source: z.string().max(200),
  /** Why it failed, where it did. */
  failed: reasonSchema.exactOptional(),
  samples: samplesSchema,
  partial: z.array(reasonSchema).max(100),
  sections: z.array(sectionSchema).max(100),
  cost: costSchema,
});

export type ProbeAnswer = z.infer<typeof probeAnswer>;
