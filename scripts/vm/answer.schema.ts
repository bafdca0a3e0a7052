import { z } from 'zod';

/** What `collect --once --json` prints. */
export const answerSchema = z.object({
  readings: z.array(
    z.object({
      metric: z.string(),
      attributes: z.record(z.string(), z.string()),
      value: z.number(),
    }),
  ),
  sections: z.array(
    z.object({ title: z.string(), facts: z.array(z.object({ label: z.string(), value: z.string() })) }),
  ),
  missing: z.array(z.object({ collector: z.string(), code: z.string(), detail: z.string() })),
});

export type Answer = z.infer<typeof answerSchema>;
