// What lies beside a backup's files: how they must look, and how the copy was found when it was tried.
import { z } from 'zod';

export const manifest = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  kind: z.enum(['hourly', 'daily', 'manual']),
  /** By file name. */
  files: z.record(
    z.string(),
    z.object({
      bytes: z.int(),
      sha256: z.string(),
      /** PRAGMA user_version. */
      shape: z.int(),
      rows: z.record(z.string(), z.int()),
    }),
  ),
  /** The end of the audit trail then: what the trail of later must still contain. */
  audit: z.object({ lineage: z.string(), seq: z.int(), hash: z.string() }).nullable(),
  /** What is wrong with the copy; empty when it can be restored. */
  problems: z.array(z.string()),
  /** What does not fit together in the data themselves: it is no better in another backup of that time. */
  notes: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifest>;
