// The file that the running agent writes each minute, for `status` to read: the agent listens on nothing.
import { z } from 'zod';

const lane = z.object({ pending: z.number(), dropped: z.number() });

export const statusFile = z.object({
  atMs: z.number(),
  pid: z.number(),
  version: z.string(),
  deviceId: z.string(),
  serverUrl: z.string(),
  link: z.object({ state: z.string(), lastError: z.string() }),
  lanes: z.object({ alerts: lane, metrics: lane }),
  openAlerts: z.array(z.object({ rule: z.string(), instance: z.string(), severity: z.string() })),
  failures: z.number(),
});

export type StatusFile = z.infer<typeof statusFile>;
