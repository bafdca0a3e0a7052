// What is kept, as the API and the feed show it.
import type { AbsenceView } from '@fettle/shared/api/absence.schema';
import type {
  AlertChange,
  AlertView,
  SlaClock,
  TicketChange,
  TicketDetail,
  TicketView,
} from '@fettle/shared/api/alert.schema';
import type { DeviceView, Presence } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { findMetric } from '@fettle/shared/metric/catalog';

import type { Alert } from './alert/alert.ts';
import type { Device } from './device.ts';
import type { Absence } from './presence/absence.ts';
import type { Clock } from './sla/clocks.ts';
import type { Stage } from './sla/stages.ts';
import type { KeptEvidence, Ticket } from './ticket/ticket.ts';

/** ISO 8601 in UTC, of ms since 1970. */
export const instantOf = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ fractionalSecondDigits: 3 });

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instantOf(ms));

export type BareDeviceView = Omit<DeviceView, 'readings' | 'openAlerts'>;

export const deviceView = (device: Device): BareDeviceView => ({
  id: device.id,
  tenant: device.tenant,
  site: device.site,
  name: device.hostname,
  os: device.os,
  class: device.class,
  agentVersion: device.agentVersion,
  presence: device.presence,
  presenceSince: instantOf(device.presenceSinceMs),
  lastSeen: instantOf(device.lastSeenMs),
  enrolledAt: instantOf(device.enrolledMs),
  clockOffsetMs: device.clockOffsetMs,
  watchedBy: device.watchedBy,
  cloneOf: device.cloneOf,
  tags: [...device.tags],
});

export const absenceViewOf = ({ fromMs, toMs, kind, evidence }: Absence): AbsenceView => ({
  from: instantOf(fromMs),
  to: instantOf(toMs),
  kind,
  evidence,
});

/** What people call the things that an alert names by id. `title` is the rule's. */
export type AlertNames = {
  readonly deviceName: string;
  readonly presence: Presence;
  readonly title: string | undefined;
  readonly ticketNumber: string | null;
};

export const alertView = (alert: Alert, { deviceName, presence, title, ticketNumber }: AlertNames): AlertView => ({
  id: alert.id,
  tenant: alert.tenant,
  site: alert.site,
  device: alert.device,
  deviceName,
  rule: alert.rule,
  title: title ?? alert.rule,
  instance: alert.instance,
  state: alert.state,
  severity: alert.severity,
  since: instantOf(alert.sinceMs),
  updatedAt: instantOf(alert.updatedMs),
  resolvedAt: instantOrNull(alert.resolvedMs),
  reason: alert.reason,
  occurrences: alert.occurrences,
  evidence: readingsOf(alert),
  processes: processesOf(alert),
  assignee: alert.assignee,
  quiet: alert.hush && { why: alert.hush.why, by: alert.hush.by, until: instantOrNull(alert.hush.untilMs) },
  told: alert.heard,
  flapping: alert.flapping && { since: instantOf(alert.flapping.sinceMs), clear: alert.flapping.isClear },
  stale: alert.state !== 'resolved' && !UP_TO_DATE.has(presence),
  ticket: alert.ticket,
  ticketNumber,
});

/** Of a site nobody can say whether it is there: what is said of it is said here. */
const UP_TO_DATE: ReadonlySet<Presence> = new Set<Presence>(['online', 'unknown']);

const readingsOf = ({ evidence }: Pick<Alert, 'evidence'>): AlertView['evidence'] =>
  evidence.map(({ metric, value, mean, threshold, rise, withinMs }) => ({
    metric,
    unit: findMetric(metric)?.unit ?? '',
    value,
    mean: mean ?? null,
    threshold: threshold ?? null,
    rise: rise ?? null,
    withinMs: withinMs ?? null,
  }));

const processesOf = ({ processes }: Pick<Alert, 'processes'>): AlertView['processes'] =>
  processes.map(({ cpu, ...use }) => ({ ...use, cpu: cpu ?? null }));

export const evidenceView = (kept: KeptEvidence): TicketDetail['evidence'][number] => ({
  at: instantOf(kept.atMs),
  alert: kept.alert,
  rule: kept.rule,
  severity: kept.severity,
  since: instantOf(kept.sinceMs),
  readings: readingsOf(kept),
  processes: processesOf(kept),
});

export const clockView = ({ state, usedMs, targetMs, dueMs, endedMs }: Clock): SlaClock => ({
  state,
  usedMs,
  targetMs,
  dueAt: instantOrNull(dueMs),
  endedAt: instantOrNull(endedMs),
});

export const ticketView = (ticket: Ticket, deviceName: string | null): TicketView => ({
  id: ticket.id,
  number: ticket.number,
  tenant: ticket.tenant,
  site: ticket.site,
  device: ticket.device,
  deviceName,
  rule: ticket.rule,
  instance: ticket.instance,
  state: ticket.state,
  priority: ticket.priority,
  subject: ticket.subject,
  requester: ticket.requester,
  category: ticket.category,
  assignee: ticket.assignee,
  wait: ticket.wait && {
    for: ticket.wait.for,
    until: instantOrNull(ticket.wait.untilMs),
    reason: ticket.wait.reason,
  },
  mergedInto: ticket.mergedInto,
  wontFixUntil: instantOrNull(ticket.wontFixUntilMs),
  since: instantOf(ticket.createdMs),
  updatedAt: instantOf(ticket.updatedMs),
  resolvedAt: instantOrNull(ticket.resolvedMs),
  reopened: ticket.reopened,
  fires: ticket.fires,
  version: ticket.version,
});

/** An entry of the event log before it has its number. */
export type LogEntry =
  | {
      readonly kind: 'alert';
      readonly change: AlertChange | 'ticketed';
      readonly alert: Alert;
      readonly names: Omit<AlertNames, 'deviceName' | 'presence'>;
    }
  | { readonly kind: 'ticket'; readonly change: TicketChange; readonly ticket: Ticket }
  | {
      readonly kind: 'sla';
      readonly change: 'warning' | 'breached';
      readonly stage: Pick<Stage, 'clock' | 'stage' | 'isLate'>;
      readonly ticket: Ticket;
    }
  | {
      readonly kind: 'device';
      readonly change: 'enrolled' | 'presence' | 'changed' | 'removed';
      readonly device: Device;
    }
  | { readonly kind: 'absence'; readonly absence: Absence };

/** What an entry is about; without an id it is about no device. */
export type About = Pick<Device, 'tenant' | 'id' | 'hostname'> & { readonly presence?: Presence };

export const feedEvent = (
  entry: LogEntry,
  device: About,
  place: { readonly seq: number; readonly atMs: number },
): FeedEvent => {
  const head = { seq: place.seq, at: instantOf(place.atMs), tenant: device.tenant, device: device.id };
  switch (entry.kind) {
    case 'alert':
      return {
        ...head,
        kind: 'alert',
        change: entry.change,
        alert: alertView(entry.alert, {
          ...entry.names,
          deviceName: device.hostname,
          presence: device.presence ?? 'unknown',
        }),
      };
    case 'ticket':
      return { ...head, kind: 'ticket', change: entry.change, ticket: ticketView(entry.ticket, nameOf(device)) };
    case 'sla': {
      const { clock, stage, isLate: late } = entry.stage;
      const ticket = ticketView(entry.ticket, nameOf(device));
      return { ...head, kind: 'sla', change: entry.change, clock, stage, late, ticket };
    }
    case 'device':
      return { ...head, kind: 'device', change: entry.change, view: deviceView(entry.device) };
    case 'absence':
      return {
        ...head,
        kind: 'absence',
        change: 'returned',
        deviceName: device.hostname,
        absence: absenceViewOf(entry.absence),
      };
  }
};

const nameOf = ({ id, hostname }: About): string | null => (id === '' ? null : hostname);
