// Devices as the HTTP API and the feed show them. Times are ISO 8601 in UTC; ratios are 0..1.
import { z } from 'zod';

import { deviceClasses, operatingSystems } from '../rule/scope.ts';
import { reasonCodes } from '../wire/record.schema.ts';

export const presences = [
  'online',
  'away',
  'overdue',
  'offline',
  'asleep',
  'stopped',
  'off',
  'rebooting',
  'updating',
  'retiring',
  'unknown',
] as const;

export const instant = z.iso.datetime();

export const deviceView = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  site: z.string(),
  name: z.string().describe('host name'),
  os: z.enum([...operatingSystems, 'unknown']),
  class: z.enum(deviceClasses),
  agentVersion: z.string(),
  presence: z.enum(presences),
  presenceSince: instant,
  lastSeen: instant.describe('last sign of life, by the clock of the server'),
  enrolledAt: instant,
  clockOffsetMs: z.int().describe("the device's clock less the server's, at the last hello"),
  watchedBy: z.string().nullable().describe('the device whose agent looks after this one, which has no agent itself'),
  cloneOf: z.string().nullable().describe('the device whose disk this machine was given a copy of'),
  tags: z.array(z.string()).describe('critical, vip and shared weigh in priorities; always-on: never off'),
  openAlerts: z.strictObject({ warning: z.int(), critical: z.int() }),
  readings: z
    .strictObject({
      at: instant.nullable(),
      cpu: z.number().nullable(),
      memory: z.number().nullable(),
      fullestVolume: z.strictObject({ mountpoint: z.string(), utilization: z.number() }).nullable(),
    })
    .describe('the newest; null where there is none'),
});

const reasonView = z.strictObject({ code: z.enum(reasonCodes), detail: z.string(), fix: z.string().nullable() });

export const capabilityView = z.strictObject({
  collector: z.string(),
  available: z.boolean(),
  source: z.string().nullable(),
  reason: reasonView.nullable(),
  cost: z
    .strictObject({
      runs: z.int(),
      failures: z.int(),
      cpuMs: z.int(),
      children: z.int(),
      bytes: z.int(),
      lastAt: instant,
      lastReason: reasonView.nullable(),
      partial: z.array(reasonView).describe('what was missing in the last reading'),
    })
    .nullable()
    .describe('since the agent was started, as it last told; null where it has not run'),
});

export const deviceDetail = z.strictObject({
  ...deviceView.shape,
  bootedAt: instant.nullable(),
  capabilities: z.array(capabilityView),
  inventory: z
    .strictObject({
      at: instant,
      sections: z.array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          facts: z.array(z.strictObject({ label: z.string(), value: z.string() })),
        }),
      ),
    })
    .nullable(),
  fillingVolumes: z
    .array(z.strictObject({ mountpoint: z.string(), fullAt: instant, bytesPerDay: z.number() }))
    .describe('full within 90 days if it goes on as in the last week; worked out each hour'),
  lost: z.strictObject({ records: z.int() }).describe('records that the agent had to drop, by its own gap records'),
});

export const reading = z.strictObject({
  attributes: z.record(z.string(), z.string()),
  value: z.number(),
  unit: z.string(),
  at: instant,
});

/** By metric name. */
export const latestView = z.record(z.string(), z.array(reading));

export const seriesView = z.strictObject({
  stepMs: z.int(),
  times: z.array(z.int()).describe('ms since 1970, one per step'),
  series: z.array(
    z.strictObject({
      metric: z.string(),
      unit: z.string(),
      attributes: z.record(z.string(), z.string()),
      mean: z.array(z.number().nullable()),
      min: z.array(z.number().nullable()),
      max: z.array(z.number().nullable()),
    }),
  ),
});

export type Presence = (typeof presences)[number];
export type DeviceView = z.infer<typeof deviceView>;
export type DeviceDetail = z.infer<typeof deviceDetail>;
export type LatestView = z.infer<typeof latestView>;
export type SeriesView = z.infer<typeof seriesView>;
