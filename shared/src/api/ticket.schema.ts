// What people send to open a ticket and to do something with one.
import { z } from 'zod';

import { priorities, ticketLinks, waitsFor } from './alert.schema.ts';
import { instant } from './device.schema.ts';

const version = z.int().describe('of the ticket that was looked at');
const text = z.string().max(10_000);
const name = z.string().min(1).max(100);
const id = z.string().min(1).max(40);
const link = z.enum(ticketLinks.filter((one) => one !== 'follows'));

export const ticketOpening = z.strictObject({
  tenant: id,
  subject: z.string().min(1).max(300),
  body: text.default(''),
  priority: z.enum(priorities).default('normal'),
  requester: name.nullable().default(null).describe('who asks for it, such as a name or an address'),
  category: name.nullable().default(null),
  assignee: name.nullable().default(null),
  device: id.nullable().default(null).describe('null: about none'),
});

export const ticketAssignment = z.strictObject({ version, to: name });
export const ticketComment = z.strictObject({
  text: text.min(1),
  from: z.enum(['technician', 'requester']).default('technician').describe('of the requester it ends a wait for them'),
});
export const ticketWait = z.strictObject({
  version,
  for: z.enum(waitsFor),
  until: instant.nullable().default(null).describe('goes on by itself then; needed where it is scheduled'),
  reason: z.string().max(1_000).default('').describe('needed where it is on hold'),
});
export const ticketLeaving = z.strictObject({ version, until: instant, note: text.default('') });
export const ticketFiling = z.strictObject({
  version,
  priority: z.enum(priorities).optional(),
  category: name.nullable().optional(),
  subject: z.string().min(1).max(300).optional(),
});
export const ticketTime = z.strictObject({
  minutes: z.int().min(1).max(10_080),
  note: z.string().max(1_000).default(''),
});
export const ticketLinking = z.strictObject({ other: id, link });
export const ticketMerge = z.strictObject({ version, into: id });
