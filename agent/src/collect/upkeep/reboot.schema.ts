// What is remembered of a reboot that is due.
import { z } from 'zod';

export const rebootSchema = z.strictObject({ bootId: z.string().max(64), sinceMs: z.number().min(0) });
