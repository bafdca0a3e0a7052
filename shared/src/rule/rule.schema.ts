// The shape that a rule must have where it comes in as bytes: from the server to the agent, from a person to the server.
import { z } from 'zod';

import { severities } from '../alert/alert.ts';
import { DAY_MS } from '../time.ts';
import { VALUE_MAX } from '../wire/limits.ts';
import { text } from '../wire/text.schema.ts';
import { type DeviceClass, deviceClasses, operatingSystems } from './scope.ts';

const name = text(200).min(1); // it comes back in records, where text is held to the same
const ms = z
  .int()
  .min(0)
  .max(366 * DAY_MS);
const severity = z.enum(severities);
const deviceClass = z.enum(deviceClasses);

const guard = z.union([
  z.strictObject({ metric: name, below: z.number() }),
  z.strictObject({ metric: name, exhaustedWithinMs: ms }),
]);

const clause = z.strictObject({
  metric: name,
  beyond: z.enum(['above', 'below']),
  fireAt: z.number(),
  clearAt: z.number(),
  guards: z.array(guard).max(8).exactOptional(),
});

const common = {
  id: name,
  family: name,
  title: name,
  scope: z.strictObject({
    os: z.array(z.enum(operatingSystems)).max(8).exactOptional(),
    classes: z.array(deviceClass).max(8).exactOptional(),
  }),
  keepMs: ms.nullable(),
  graceMs: ms,
  urgency: z
    .array(z.enum(['low', 'medium', 'high']))
    .min(1)
    .max(4),
  ticket: z.strictObject({
    atOnce: z.array(deviceClass).max(8),
    afterMs: ms.exactOptional(),
    when: z
      .array(z.union([guard, z.strictObject({ severity })]))
      .max(8)
      .exactOptional(),
  }),
  text: z.string().max(2_000),
  steps: z.array(z.string().max(2_000)).max(20),
};

const signal = z.strictObject({
  metric: name,
  by: name.exactOptional(),
  only: z.array(name).max(16).exactOptional(),
  except: z.array(name).max(16).exactOptional(),
});

const maybeMs = ms.exactOptional();
// not a record: zod passes over "__proto__" in those
const forMsOn = z.strictObject({
  server: maybeMs,
  desktop: maybeMs,
  laptop: maybeMs,
  kiosk: maybeMs,
  network: maybeMs,
  ephemeral: maybeMs,
} satisfies Record<DeviceClass, typeof maybeMs>);
const thresholdLevel = z.strictObject({
  severity,
  forMs: ms,
  forMsOn: forMsOn.exactOptional(),
  any: z.array(clause).min(1).max(8),
});
const stateLevel = z.strictObject({
  severity,
  forMs: ms,
  bad: z.array(z.int()).min(1).max(16),
  readings: z.int().min(1).max(100),
});

const amount = z.int().min(1).max(1_000); // what is remembered is as long as the largest
const span = ms.min(1);
const eventLevel = z.strictObject({ severity, count: amount, withinMs: span });
const rise = z.union([
  z.strictObject({ metric: name, rise: amount, withinMs: span }),
  z.strictObject({ metric: name, atLeast: z.int().min(1).max(VALUE_MAX) }),
]);
const changeLevel = z.strictObject({ severity, any: z.array(rise).min(1).max(8) });

const missing = z
  .strictObject({ change: z.enum(['resolve', 'fire']), afterMs: span })
  .exactOptional()
  .describe('where the collector failed for so long; without it everything stays as it was');

const levelsOf = <L extends z.ZodType>(level: L) => z.array(level).min(1).max(4);

export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('threshold'), signal, missing, levels: levelsOf(thresholdLevel) }),
  z.strictObject({ ...common, kind: z.literal('state'), signal, missing, levels: levelsOf(stateLevel) }),
  z.strictObject({ ...common, kind: z.literal('event'), signal, levels: levelsOf(eventLevel) }),
  z.strictObject({ ...common, kind: z.literal('change'), signal, levels: levelsOf(changeLevel) }),
  z.strictObject({
    ...common,
    kind: z.literal('absence'),
    levels: levelsOf(z.strictObject({ severity, forMs: ms })),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('forecast'),
    signal,
    levels: levelsOf(z.strictObject({ severity, withinMs: ms, forMs: ms, clearMs: ms })).max(1),
  }),
]);
