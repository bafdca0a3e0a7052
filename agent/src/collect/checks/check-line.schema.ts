// What the child that looks at targets writes of one look, as the resident agent takes it: one line of JSON.
import { reasonSchema } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

import { costSchema, samplesSchema } from '../child-line.schema.ts';

export const checkLine = z.strictObject({
  /** Place of the check in the file. */
  check: z.int().min(0).max(199),
  /** Unknown: it could not be tried, for a reason of this machine. */
  verdict: z.enum(['passed', 'failed', 'unknown']),
  /** Absent when it passed. */
  reason: reasonSchema.exactOptional(),
  samples: samplesSchema,
  facts: z.array(z.strictObject({ label: z.string().max(100), value: z.string().max(500) })).max(20),
  /** Since the line before. */
  cost: costSchema,
});

export type CheckLine = z.infer<typeof checkLine>;
