// The same done to many alerts or tickets at once.
import { z } from 'zod';

import { assignRequest, muteRequest, snoozeRequest } from './quiet.schema.ts';

export const BULK_MAX = 500;
const MANY = `at most ${BULK_MAX} at once: send the others in another request`;
const id = z.string().min(1).max(40);
const name = z.string().min(1).max(100);

export const alertBulk = z.strictObject({
  alerts: z.array(id).min(1).max(BULK_MAX, MANY),
  act: z.discriminatedUnion('do', [
    z.strictObject({ do: z.literal('ack') }),
    z.strictObject({ do: z.literal('snooze'), ...snoozeRequest.shape }),
    z.strictObject({ do: z.literal('mute'), ...muteRequest.shape }),
    z.strictObject({ do: z.literal('unmute') }),
    z.strictObject({ do: z.literal('assign'), ...assignRequest.shape }),
  ]),
});

export const ticketBulk = z.strictObject({
  tickets: z
    .array(z.strictObject({ id, version: z.int().describe('of the ticket that was looked at') }))
    .min(1)
    .max(BULK_MAX, MANY),
  act: z.discriminatedUnion('do', [
    z.strictObject({ do: z.literal('take') }),
    z.strictObject({ do: z.literal('assign'), to: name }),
    z.strictObject({ do: z.literal('resolve'), note: z.string().max(10_000).default('Resolved.') }),
    z.strictObject({ do: z.literal('close') }),
  ]),
});

/** Of each, in the order in which they were named. */
export const bulkOutcome = z.strictObject({
  done: z.int().describe('for how many it was done'),
  items: z.array(
    z.strictObject({
      id,
      code: z.string().nullable().describe('null: it is done; else why it is not, as single changes say it'),
      detail: z.string().nullable(),
    }),
  ),
});

export type AlertBulkAct = z.infer<typeof alertBulk>['act'];
export type TicketBulkAct = z.infer<typeof ticketBulk>['act'];
