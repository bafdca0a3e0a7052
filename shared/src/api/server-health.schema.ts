// How the server itself is. Times are ISO 8601 in UTC.
import { z } from 'zod';

import { instant } from './device.schema.ts';

/** Stable, for programs. */
export const healthProblems = [
  'disk_full',
  'damaged',
  'backup_failed',
  'backup_old',
  'notice_dead',
  'external_failing',
] as const;

export const serverHealth = z.strictObject({
  problems: z.array(z.enum(healthProblems)).describe('it runs, and yet something needs a person'),
  damage: z.array(z.string()).describe('what of the data is damaged; told to the owner alone'),
  backup: z
    .strictObject({
      at: instant,
      kind: z.enum(['hourly', 'daily', 'manual']),
      path: z.string().nullable().describe('null: none could be made'),
      problems: z.array(z.string()).describe('empty: it was tried, and can be restored'),
    })
    .nullable()
    .describe('the last one, also of a server before this one; told to the owner alone'),
});

export type HealthProblem = (typeof healthProblems)[number];
export type ServerHealth = z.infer<typeof serverHealth>;
