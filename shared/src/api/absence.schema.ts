// Where a device was while it was away, as the HTTP API and the feed show it.
import { z } from 'zod';

export const absenceKinds = [
  'asleep',
  'off',
  'rebooted',
  'crashed',
  'stopped',
  'agent died',
  'updated',
  'network',
  'unknown',
] as const;

export const absenceView = z.strictObject({
  from: z.iso.datetime().describe('the last sign of life before, by the clock of the server'),
  to: z.iso.datetime().describe('the first sign of life after it'),
  kind: z
    .enum(absenceKinds)
    .describe(
      'off: shut down in order; crashed: started anew without that; stopped and agent died: the machine ran on; network: both did',
    ),
  evidence: z.string().describe('what that is known by'),
});

export type AbsenceKind = (typeof absenceKinds)[number];
export type AbsenceView = z.infer<typeof absenceView>;
