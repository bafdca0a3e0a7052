// What Request Tracker's REST 2.0 answers, as far as it is used: https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html
import { z } from 'zod';

const id = z.coerce.number().int().positive();

export const rtCreated = z.looseObject({ id });
export const rtFound = z.looseObject({ items: z.array(z.looseObject({ id })) });
export const rtTicket = z.looseObject({ Status: z.string() });
export const rtHistory = z.looseObject({
  items: z.array(
    z.looseObject({
      id,
      Type: z.string(),
      Data: z.string().nullish(),
      Creator: z.looseObject({ id: z.coerce.string() }),
    }),
  ),
});
export const rtAttachments = z.looseObject({
  items: z.array(z.looseObject({ ContentType: z.string().nullish(), Content: z.string().nullish() })),
});

/** What is sent to it. */
export const rtSent = z.object({
  Queue: z.string().optional(),
  Subject: z.string().optional(),
  RefersTo: z.string().optional(),
  Content: z.string().optional(),
  Status: z.string().optional(),
});
