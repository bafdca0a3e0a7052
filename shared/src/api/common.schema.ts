// What every answer of the HTTP API has in common.
import { z } from 'zod';

import { ruleSchema } from '../rule/rule.schema.ts';

/** RFC 9457. `code` is stable: programs decide by it, people read `detail`. */
export const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
});

export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable().describe('cursor of the next page') });

/** Of whoever is asking. */
export const me = z.strictObject({
  name: z.string(),
  role: z.enum(['owner', 'technician', 'viewer']),
  tenants: z.array(z.string()).nullable().describe('whose devices, alerts and tickets; null: all'),
});

export const ticketChange = z.strictObject({ version: z.int(), note: z.string().max(10_000).optional() });
export const ticketNote = z.strictObject({ text: z.string().min(1).max(10_000) });
export const loginRequest = z.strictObject({ token: z.string().regex(/^fl_[A-Za-z0-9_-]{43}$/) });

export const ruleView = z.strictObject({
  id: z.string(),
  tenant: z.string().exactOptional().describe('whose own rule it is; absent: of the pack'),
  title: z.string(),
  text: z.string(),
  steps: z.array(z.string()),
  hash: z.string(),
  levels: z.array(z.strictObject({ severity: z.enum(['warning', 'critical']), urgency: z.string(), forMs: z.int() })),
  definition: ruleSchema.describe('the whole rule, as the agents judge it'),
  openAlerts: z.int(),
});

export type Problem = z.infer<typeof problem>;
export type Me = z.infer<typeof me>;
export type RuleView = z.infer<typeof ruleView>;
