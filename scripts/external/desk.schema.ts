// What somebody who works in Request Tracker sees of it by REST 2.0.
import { z } from 'zod';

export const seenTickets = z.looseObject({
  items: z.array(z.looseObject({ id: z.coerce.string(), Subject: z.string(), Status: z.string() })),
});
export const seenHistory = z.looseObject({
  items: z.array(z.looseObject({ id: z.coerce.string(), Type: z.string() })),
});
export const seenAttachments = z.looseObject({ items: z.array(z.looseObject({ Content: z.string().nullish() })) });
export type SeenTicket = z.infer<typeof seenTickets>['items'][number];
