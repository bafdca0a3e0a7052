// What PowerShell said last, and when.
import { reasonSchema } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

const section = z.union([
  z.strictObject({ rows: z.array(z.record(z.string(), z.unknown())) }),
  z.strictObject({ reason: reasonSchema }),
]);

export const batchMemory = z.strictObject({
  version: z.literal(1),
  atMs: z.number(),
  sections: z.record(z.string(), section),
});
