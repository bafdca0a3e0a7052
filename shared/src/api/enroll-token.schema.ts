// Enrolment tokens and the sites that they are for, as the HTTP API shows them. Times are ISO 8601 in UTC.
import { z } from 'zod';

import { instant } from './device.schema.ts';

/** What the command line may ask for, too. */
export const TOKEN_HOURS_MAX = 30 * 24;
export const TOKEN_USES_MAX = 100_000;

export const siteView = z.strictObject({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  tenantName: z.string(),
});

export const newEnrollToken = z.strictObject({
  site: z.string().min(1).max(200).describe('whose tenant is the tenant of the devices'),
  hours: z.int().min(1).max(TOKEN_HOURS_MAX).default(24).describe('until it expires'),
  maxUses: z.int().min(1).max(TOKEN_USES_MAX).default(1).describe('devices that it may make'),
});

export const enrollTokenView = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  site: z.string(),
  createdAt: instant,
  expiresAt: instant,
  maxUses: z.int(),
  uses: z.int(),
});

export const enrollTokenMade = z.strictObject({ ...enrollTokenView.shape, token: z.string().describe('shown once') });

export type SiteView = z.infer<typeof siteView>;
export type NewEnrollToken = z.infer<typeof newEnrollToken>;
export type EnrollTokenView = z.infer<typeof enrollTokenView>;
export type EnrollTokenMade = z.infer<typeof enrollTokenMade>;
