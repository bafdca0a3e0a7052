// When people are not told: snoozes, mutes and maintenance windows as the HTTP API takes and shows them.
import { z } from 'zod';

import { deviceTags } from '../wire/tags.schema.ts';
import { alertView } from './alert.schema.ts';
import { instant } from './device.schema.ts';

const reason = z.string().trim().max(500);

export const snoozeRequest = z.strictObject({ until: instant });
export const assignRequest = z.strictObject({
  assignee: z.string().trim().min(1).max(200).nullable().describe('a name; null: nobody'),
});
export const muteRequest = z.strictObject({ until: instant, reason: reason.min(1).describe('why it can be left so') });

const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tenant') }),
  z.strictObject({ kind: z.literal('site'), id: z.string().max(40) }),
  z.strictObject({ kind: z.literal('device'), id: z.string().max(40) }),
  z.strictObject({ kind: z.literal('tag'), tag: z.string().max(64) }),
]);

const time = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once'), start: instant, end: instant }),
  z.strictObject({
    kind: z.literal('weekly'),
    zone: z.string().max(64).describe('IANA, as Europe/Berlin: by the clock on the wall there'),
    days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('1 is Monday'),
    from: z.string().max(8).describe('as 22:00'),
    minutes: z
      .int()
      .min(1)
      .max(72 * 60),
    until: instant.describe('never beyond this'),
  }),
]);

export const windowRequest = z.strictObject({
  tenant: z.string().max(40),
  scope,
  time,
  reason: reason.default('').describe('needed for more than 72 hours'),
});

export const windowView = z.strictObject({
  ...windowRequest.shape,
  id: z.string(),
  reason: z.string(),
  by: z.string(),
  active: z.boolean(),
});

export const tagRequest = z.strictObject({
  tags: deviceTags.describe('critical, vip and shared weigh in priorities; always-on: never off'),
});

/** Why an alert is there, and why somebody was told of it or not. */
export const explanation = z.strictObject({
  alert: alertView,
  rule: z.strictObject({
    id: z.string(),
    title: z.string(),
    hash: z.string().describe('of the rule that it was judged with'),
    isInForce: z.boolean().describe('is that the rule as it is now?'),
    levels: z.array(z.string()).describe('what each level asks for'),
  }),
  why: z.array(z.string()).describe('what it was judged on'),
  told: z.string().describe('whether people were told, and if not, why and until when'),
  mutedUntil: instant.nullable(),
});

/** What should be looked at in its time, and is no emergency: one item for a tenant and rule, with its devices. */
export const postureItem = z.strictObject({
  tenant: z.string(),
  rule: z.string(),
  title: z.string(),
  kind: z.enum(['upkeep', 'preexisting', 'silent', 'maintenance']),
  devices: z.array(
    z.strictObject({ id: z.string(), name: z.string(), site: z.string(), instance: z.string(), since: instant }),
  ),
  count: z.int().describe('of devices and instances; the list is of the first 500'),
});

export type Explanation = z.infer<typeof explanation>;
export type WindowView = z.infer<typeof windowView>;
export type PostureItem = z.infer<typeof postureItem>;
