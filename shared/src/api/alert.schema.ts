// Alerts and tickets as the HTTP API and the feed show them.
import { z } from 'zod';

import { severities } from '../alert/alert.ts';
import { instant } from './device.schema.ts';

export const alertStates = ['open', 'acked', 'resolved'] as const;
/** What can happen to an alert, as the event log and the feed tell it. */
export const alertChanges = [
  'fired',
  'raised',
  'lowered',
  'resolved',
  'reopened',
  'acked',
  'assigned',
  'snoozed',
  'muted',
  /** What kept people from being told has ended, and it still stands. */
  'woken',
  /** It comes and goes: held open from here on. */
  'flapping',
  /** It came or went while it is held open. */
  'held',
  /** It has stopped coming and going, and stands. */
  'settled',
  /** It has stayed clear, and people are told. */
  'confirmed',
  /** It has got a ticket, or another one. */
  'ticketed',
] as const;
/** Why people are not told of an alert that stands open. */
export const hushReasons = ['muted', 'snoozed', 'parent', 'maintenance', 'settling', 'preexisting'] as const;
export const ticketStates = ['new', 'open', 'waiting', 'resolved', 'closed'] as const;
/** What can become of one. */
export const ticketChanges = [
  'opened',
  'raised',
  'noted',
  'commented',
  'reopened',
  'taken',
  'assigned',
  'waiting',
  'continued',
  'changed',
  'resolved',
  'closed',
  'merged',
] as const;
export const waitsFor = ['customer', 'vendor', 'scheduled', 'hold'] as const;
export const ticketLinks = ['related', 'duplicate', 'parent', 'follows'] as const;
export const clockStates = ['running', 'paused', 'met', 'breached', 'cancelled'] as const;
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
  assignee: z.string().nullable(),
  quiet: z
    .strictObject({
      why: z.enum(hushReasons),
      by: z.string().nullable().describe('a person, or the id of an alert or a maintenance window'),
      until: instant.nullable().describe('then it is judged again; null: when that alert is over'),
    })
    .nullable()
    .describe('why people are not told of it; null: nothing keeps them from it'),
  told: z.enum(['nothing', 'fired', 'resolved']).describe('what people last heard of it'),
  flapping: z
    .strictObject({ since: instant, clear: z.boolean().describe('as it is now') })
    .nullable()
    .describe('it comes and goes, and is held open until it was quiet for two hours'),
  stale: z.boolean().describe('its device is not connected: it is as it was then'),
  ticket: z.string().nullable(),
  ticketNumber: z.string().nullable().describe('of that ticket, for people: HOME-12'),
});

export const ticketView = z.strictObject({
  id: z.string(),
  number: z.string().describe('for people: HOME-12'),
  tenant: z.string(),
  site: z.string().describe('"" for one that is about no device'),
  device: z.string().nullable(),
  deviceName: z.string().nullable(),
  rule: z.string().describe('"" for what a person has asked for'),
  instance: z.string(),
  state: z.enum(ticketStates),
  priority: z.enum(priorities),
  subject: z.string(),
  requester: z.string().nullable(),
  category: z.string().nullable(),
  assignee: z.string().nullable(),
  wait: z
    .strictObject({ for: z.enum(waitsFor), until: instant.nullable(), reason: z.string() })
    .nullable()
    .describe('of a waiting one'),
  mergedInto: z.string().nullable().describe('the ticket that it became part of'),
  wontFixUntil: instant.nullable(),
  since: instant,
  updatedAt: instant,
  resolvedAt: instant.nullable(),
  reopened: z.int(),
  fires: z.int().describe('how often its alerts fired'),
  version: z.int().describe('send it back with a change; another version is refused with 409'),
});

const slaClock = z.strictObject({
  state: z.enum(clockStates),
  usedMs: z.int().describe('of working time, until now or until it stopped'),
  targetMs: z.int(),
  dueAt: instant.nullable().describe('null while it is paused, and when it ended in time'),
  endedAt: instant.nullable(),
});

export const ticketDetail = z.strictObject({
  ...ticketView.shape,
  body: z.string(),
  steps: z.array(z.string()),
  alerts: z.array(alertView),
  sla: z
    .strictObject({ response: slaClock, resolution: slaClock })
    .nullable()
    .describe('null for a ticket of which no opening is known'),
  minutesSpent: z.int(),
  links: z.array(z.strictObject({ ticket: z.string(), number: z.string(), link: z.enum(ticketLinks) })),
  evidence: z
    .array(
      z.strictObject({
        at: instant,
        alert: z.string(),
        rule: z.string(),
        severity: z.enum(severities),
        since: instant,
        readings: alertView.shape.evidence,
        processes: alertView.shape.processes,
      }),
    )
    .describe('what its alert was judged on when it opened and reopened: the newest 20, as they were'),
  timeline: z.array(
    z.strictObject({
      at: instant,
      by: z.string(),
      what: z.string(),
      text: z.string(),
      internal: z.boolean().describe('for technicians alone'),
    }),
  ),
});

export type AlertChange = (typeof alertChanges)[number];
export type HushReason = (typeof hushReasons)[number];
export type AlertState = (typeof alertStates)[number];
export type TicketState = (typeof ticketStates)[number];
export type TicketChange = (typeof ticketChanges)[number];
export type WaitFor = (typeof waitsFor)[number];
export type TicketLink = (typeof ticketLinks)[number];
export type ClockState = (typeof clockStates)[number];
export type Priority = (typeof priorities)[number];
const words = z.record(z.string(), z.string());

/** One of them, with what another system said of it. */
export const alertDetail = z.strictObject({
  ...alertView.shape,
  external: z
    .strictObject({
      labels: words,
      annotations: words,
      generatorUrl: z.string().nullable().describe('where that system shows it; null: it gave no link that is safe'),
      runbookUrl: z.string().nullable().describe('of the annotation runbook_url, in the same way'),
    })
    .nullable()
    .describe('null: it is of our own'),
});

export type AlertView = z.infer<typeof alertView>;
export type TicketView = z.infer<typeof ticketView>;
export type SlaClock = z.infer<typeof slaClock>;
export type TicketDetail = z.infer<typeof ticketDetail>;
