// The evaluator's memory as it stands on the disk.
import { z } from 'zod';

import { LOOKED_MAX } from './evaluator.ts';

const evidence = z.strictObject({
  metric: z.string(),
  value: z.number(),
  mean: z.number().exactOptional(),
  threshold: z.number().exactOptional(),
  rise: z.number().exactOptional(),
  withinMs: z.number().exactOptional(),
});

export const savedState = z.strictObject({
  version: z.literal(1),
  /** Times of another boot mean nothing in this one. */
  bootId: z.string(),
  /** The agent was told to stop; otherwise it was killed. */
  stopped: z.boolean(),
  /** Absent before anything was judged. */
  calendar: z.strictObject({ lineMs: z.number(), uptimeMs: z.number(), wallMs: z.number() }).exactOptional(),
  /** Rules that were looked by; absent in what an older version wrote. */
  looked: z.array(z.string()).max(LOOKED_MAX).exactOptional(),
  entries: z
    .array(
      z.strictObject({
        rule: z.string(),
        hash: z.string(),
        instance: z.string(),
        source: z.string().exactOptional(),
        everyMs: z.number(),
        state: z.strictObject({
          phase: z.enum(['ok', 'pending', 'firing', 'clearing']),
          level: z.int(),
          since: z.number(),
          from: z.number(),
          stale: z.string().exactOptional(),
        }),
        sinceWallMs: z.number(),
        evidence: z.array(evidence),
        absences: z.int().exactOptional(),
        neverGood: z.literal(true).exactOptional(),
        /** Of events and changes: what they remember is of use under a changed rule too, if it looks at the same. */
        kind: z.enum(['event', 'change']).exactOptional(),
        metrics: z.array(z.string()).exactOptional(),
        rows: z.array(z.array(z.number())),
      }),
    )
    .max(2_000),
});

export type SavedState = z.infer<typeof savedState>;
