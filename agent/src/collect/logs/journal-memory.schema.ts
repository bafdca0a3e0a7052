// How far the journal was read.
import { z } from 'zod';

export const journalMemory = z.strictObject({ cursor: z.string().max(300) });
