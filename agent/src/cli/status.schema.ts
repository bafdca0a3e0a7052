// The file that the running agent writes each minute, for `status` to read: the agent listens on nothing.
import { reasonCodes } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

const lane = z.object({
  pending: z.number(),
  dropped: z.number(),
  setAside: z.number().exactOptional(),
  diskBytes: z.number().exactOptional(),
});

const reason = z.object({ code: z.enum(reasonCodes), detail: z.string(), fix: z.string().exactOptional() });
const ledger = z
  .object({
    runs: z.number(),
    failures: z.number(),
    cpuMs: z.number(),
    children: z.number(),
    bytes: z.number(),
    lastAt: z.number(),
    lastReason: reason.exactOptional(),
  })
  .exactOptional();

const collectors = z.array(
  z.union([
    z.object({ id: z.string(), ok: z.literal(true), source: z.string(), ledger }),
    z.object({ id: z.string(), ok: z.literal(false), reason, ledger }),
  ]),
);

export const statusFile = z.object({
  atMs: z.number(),
  pid: z.number(),
  version: z.string(),
  deviceId: z.string(),
  serverUrl: z.string(),
  link: z.object({ state: z.string(), lastError: z.string() }),
  lanes: z.object({ alerts: lane, metrics: lane }),
  /** Lanes whose records are in memory alone. */
  spool: z.array(z.object({ lane: z.string(), why: z.string() })).exactOptional(),
  leftOut: z.array(z.object({ rule: z.string(), why: z.string() })),
  openAlerts: z.array(z.object({ rule: z.string(), instance: z.string(), severity: z.string() })),
  failures: z.number(),
  /** What each collector can read, and what it has cost since the agent was started. */
  collectors: collectors.exactOptional(),
});

export type StatusFile = z.infer<typeof statusFile>;
