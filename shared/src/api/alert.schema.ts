// Alerts and tickets as the HTTP API and the feed show them.
import { z } from 'zod';

import { severities } from '../alert/alert.ts';
import { instant } from './device.schema.ts';

export const alertStates = ['open', 'acked', 'resolved'] as const;
export const ticketStates = ['new', 'open', 'waiting', 'resolved', 'closed'] as const;
export const priorities = ['low', 'normal', 'high', 'critical'] as const;

export const alertView = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  site: z.string(),
  device: z.string(),
  deviceName: z.string(),
  rule: z.string(),
  title: z.string().describe('of the rule'),
  instance: z.string().describe('volume, service, disk …; "" for the whole machine'),
  state: z.enum(alertStates),
  severity: z.enum(severities),
  since: instant.describe('when the episode fired, by the clock of the device'),
  updatedAt: instant,
  resolvedAt: instant.nullable(),
  reason: z.string().describe('of the last change'),
  occurrences: z.int().describe('how often it fired'),
  evidence: z.array(
    z.strictObject({
      metric: z.string(),
      unit: z.string(),
      value: z.number(),
      mean: z.number().nullable(),
      threshold: z.number().nullable().describe('of the value, or of the rise where there is one'),
      rise: z.number().nullable().describe('by how much the value rose over withinMs'),
      withinMs: z.int().nullable().describe('without a rise: the value is the sum of what was counted over this long'),
    }),
  ),
  processes: z
    .array(
      z.strictObject({
        pid: z.int(),
        name: z.string(),
        cpu: z.number().nullable().describe('share of one CPU over the last seconds, 2 is two CPUs; null: not known'),
        memoryBytes: z.int(),
      }),
    )
    .describe('what used most CPU and memory when the alert fired, where it is about either'),
  ticket: z.string().nullable(),
  ticketNumber: z.string().nullable().describe('of that ticket, for people: HOME-12'),
});

export const ticketView = z.strictObject({
  id: z.string(),
  number: z.string().describe('for people: HOME-12'),
  tenant: z.string(),
  site: z.string(),
  device: z.string(),
  deviceName: z.string(),
  rule: z.string(),
  instance: z.string(),
  state: z.enum(ticketStates),
  priority: z.enum(priorities),
  subject: z.string(),
  assignee: z.string().nullable(),
  since: instant,
  updatedAt: instant,
  resolvedAt: instant.nullable(),
  reopened: z.int(),
  version: z.int().describe('send it back with a change; another version is refused with 409'),
});

export const ticketDetail = z.strictObject({
  ...ticketView.shape,
  body: z.string(),
  steps: z.array(z.string()),
  alerts: z.array(alertView),
  timeline: z.array(z.strictObject({ at: instant, by: z.string(), what: z.string(), text: z.string() })),
});

export type AlertState = (typeof alertStates)[number];
export type TicketState = (typeof ticketStates)[number];
export type Priority = (typeof priorities)[number];
export type AlertView = z.infer<typeof alertView>;
export type TicketView = z.infer<typeof ticketView>;
export type TicketDetail = z.infer<typeof ticketDetail>;
