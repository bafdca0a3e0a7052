// What is remembered of the software list.
import { z } from 'zod';

import { PAGES_MAX } from './software-pages.ts';

export const softwareSchema = z.strictObject({ pages: z.int().min(0).max(PAGES_MAX) });
