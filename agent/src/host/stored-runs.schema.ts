// What the privileged reader of disks leaves for the agent, which may not ask them itself.
import { reasonCodes } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

const argument = z.string().max(4_096);

const run = z.strictObject({
  /** Of smartctl. */
  args: z.array(argument).max(20),
  answer: z.union([
    z.strictObject({ code: z.int().min(0).max(255), stdout: z.string() }),
    z.strictObject({ failed: z.enum(reasonCodes), detail: z.string() }),
  ]),
});

export const storedRuns = z.strictObject({
  version: z.literal(1),
  /** Since boot, when it was written: the file is gone with the boot. */
  uptimeMs: z.number().min(0),
  runs: z.array(run).max(200),
});

export type StoredRuns = z.infer<typeof storedRuns>;
