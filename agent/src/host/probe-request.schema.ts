// What the agent tells its child, on the child's standard input.
import { z } from 'zod';

import { declaredSchema } from '../config/declared.schema.ts';

export const probeRequest = z.strictObject({
  collectors: z.array(z.string()),
  memoryFolder: z.string(),
  /** Whether what collectors remember is kept: else the next reading of the resident agent would lack what this one saw. */
  keeps: z.boolean(),
  declared: declaredSchema,
});

export type ProbeRequest = z.infer<typeof probeRequest>;
