// What is remembered of the administrators.
import { z } from 'zod';

export const baselineSchema = z.strictObject({ seen: z.record(z.string().max(100), z.number().min(0)) });
