// What only this machine's administrator can say, in the agent's own file: which services to watch, where backups lie …
// Nothing of it can come from a server. Each part of the product has its own section, in a file of its own.
import { z } from 'zod';

import { backups } from './backups.schema.ts';
import { certificates } from './certificates.schema.ts';
import { checks } from './checks.schema.ts';
import { disks } from './disks.schema.ts';

export const declaredSchema = z.strictObject({
  /** Systemd units to watch although they do not start by themselves, as "nginx.service" or "nginx". */
  'services.watch': z.array(z.string().min(1).max(200)).max(200),
  /** Units not to watch. */
  'services.ignore': z.array(z.string().min(1).max(200)).max(200),
  'certificates.files': certificates,
  disk: disks,
  backup: backups,
  check: checks,
});

export type Declared = z.infer<typeof declaredSchema>;
