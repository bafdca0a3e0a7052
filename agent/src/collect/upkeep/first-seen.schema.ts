// What is remembered of updates: since when each one for security is known.
import { z } from 'zod';

export const firstSeenSchema = z.strictObject({
  /** ms since 1970 by what is missing */
  since: z.record(z.string().max(400), z.number().min(0)),
});
