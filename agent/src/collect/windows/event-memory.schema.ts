// How far the System log was read.
import { z } from 'zod';

export const eventMemory = z.strictObject({ recordId: z.int() });
