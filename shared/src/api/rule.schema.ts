// Changes of rules over the HTTP API.
import { z } from 'zod';

import { ruleSchema } from '../rule/rule.schema.ts';

export const ruleDocument = z
  .record(z.string(), z.unknown())
  .describe(
    'a part of a rule, or the whole of a new one; null takes away, levels and clauses are changed by their place',
  );

const level = z.enum(['tenant', 'site', 'tag', 'device']);
const place = z.string().min(1).max(200);

export const ruleParams = z.strictObject({ id: z.string().min(1).max(100) });
export const overrideParams = z.strictObject({ id: z.string().min(1).max(100), level, place });
export const overridePut = z.strictObject({
  version: z.int().min(0).describe('what it is now; 0 where there is none'),
  document: ruleDocument,
});
export const overrideBack = z.strictObject({
  version: z.int().min(0),
  to: z.int().min(1).describe('the version whose document is in force again'),
});

const origin = z
  .strictObject({ level, place, version: z.int(), author: z.string(), at: z.iso.datetime() })
  .nullable()
  .describe('null: the pack');

export const overrideView = z.strictObject({
  rule: z.string(),
  tenant: z.string(),
  level,
  place,
  version: z.int(),
  author: z.string(),
  at: z.iso.datetime(),
  document: ruleDocument.nullable(),
});

export const overrideList = z.strictObject({ items: z.array(overrideView), next: z.null() });

export const effectiveView = z.strictObject({
  id: z.string(),
  device: z.string(),
  disabled: z.boolean(),
  definition: ruleSchema.nullable(),
  values: z.array(
    z.strictObject({
      path: z.string(),
      said: z.array(z.strictObject({ value: z.unknown(), by: origin })).describe('the last one is in force'),
      text: z.string().describe('"85 % from the pack, 90 % by site office"'),
    }),
  ),
  problems: z.array(z.strictObject({ by: origin, message: z.string() })).describe('overrides that are passed over'),
});

const difference = z.strictObject({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

export const versionList = z.strictObject({
  items: z.array(overrideView.extend({ changes: z.array(difference) })),
  next: z.null(),
});

export const ruleImported = z.strictObject({
  dry: z.boolean(),
  changes: z.array(
    z.strictObject({
      rule: z.string(),
      level,
      place,
      is: z.enum(['new', 'changed', 'taken back']),
      changes: z.array(difference),
    }),
  ),
  warnings: z.array(z.string()).describe('rules that would fire everywhere: they take confirm=true'),
});

export const watchingView = z.strictObject({
  devices: z.int().describe('that the rule is for'),
  notWatching: z.array(z.strictObject({ why: z.string(), fix: z.string().nullable(), devices: z.int() })),
});

const variant = z.strictObject({
  id: z.string().min(1).max(100),
  document: ruleDocument.optional().describe('over the rule as it is there; absent: as it is'),
});

export const backTestRequest = z.strictObject({
  a: variant,
  b: variant.optional().describe('another version, to compare with'),
  tenant: z.string().min(1).max(200),
  site: z.string().max(200).optional(),
  device: z.string().max(40).optional(),
  days: z.number().min(0.01).max(14).default(14),
});

const episode = z.strictObject({
  device: z.string(),
  instance: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime().nullable().describe('null: it goes on'),
  peak: z.enum(['warning', 'critical']),
  ticket: z.boolean(),
});

const verdict = z.strictObject({
  fires: z.int(),
  tickets: z.int(),
  devices: z.int(),
  episodes: z.array(episode),
  leftOut: z.int().describe('episodes that are not listed'),
});

export const backTestView = z.strictObject({
  devices: z.int().describe('that the rule is for'),
  lookedAt: z.int().describe('for which there was time'),
  readings: z.int(),
  dropped: z.int().describe('readings of instances beyond those that an agent watches on one device'),
  a: verdict,
  b: verdict.optional(),
  difference: z.strictObject({ onlyA: verdict, onlyB: verdict, both: z.int() }).optional(),
});

export type EffectiveView = z.infer<typeof effectiveView>;
