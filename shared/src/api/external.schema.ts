// A ticket in another ticket system, as the HTTP API shows it.
import { z } from 'zod';

import { instant } from './device.schema.ts';

export const externalView = z.strictObject({
  externalId: z.string().nullable().describe('its id there; null: it is not known to be there'),
  state: z.enum(['open', 'done', 'gone']).nullable().describe('as it was when it was last looked at there'),
  lookedAt: instant.nullable(),
  problem: z.string().nullable().describe('why the last try came to nothing'),
  retryAt: instant.nullable().describe('when it is tried again, after a problem'),
});
