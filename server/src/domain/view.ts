// What is kept, as the API and the feed show it.
import type { AlertView, TicketView } from '@fettle/shared/api/alert.schema';
import type { DeviceView } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { findMetric } from '@fettle/shared/metric/catalog';

import type { Alert, AlertChange } from './alert.ts';
import type { Device } from './device.ts';
import type { Ticket, TicketChange } from './ticket.ts';

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
});

/** What people call the things that an alert names by id. `title` is the rule's. */
export type AlertNames = {
  readonly deviceName: string;
  readonly title: string | undefined;
  readonly ticketNumber: string | null;
};

export const alertView = (alert: Alert, { deviceName, title, ticketNumber }: AlertNames): AlertView => ({
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
  evidence: alert.evidence.map(({ metric, value, mean, threshold, rise, withinMs }) => ({
    metric,
    unit: findMetric(metric)?.unit ?? '',
    value,
    mean: mean ?? null,
    threshold: threshold ?? null,
    rise: rise ?? null,
    withinMs: withinMs ?? null,
  })),
  processes: alert.processes.map(({ cpu, ...use }) => ({ ...use, cpu: cpu ?? null })),
  ticket: alert.ticket,
  ticketNumber,
});

export const ticketView = (ticket: Ticket, deviceName: string): TicketView => ({
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
  assignee: ticket.assignee,
  since: instantOf(ticket.createdMs),
  updatedAt: instantOf(ticket.updatedMs),
  resolvedAt: instantOrNull(ticket.resolvedMs),
  reopened: ticket.reopened,
  version: ticket.version,
});

/** An entry of the event log before it has its number. */
export type LogEntry =
  | {
      readonly kind: 'alert';
      readonly change: AlertChange;
      readonly alert: Alert;
      readonly names: Omit<AlertNames, 'deviceName'>;
    }
  | { readonly kind: 'ticket'; readonly change: TicketChange; readonly ticket: Ticket }
  | {
      readonly kind: 'device';
      readonly change: 'enrolled' | 'presence' | 'changed' | 'removed';
      readonly device: Device;
    };

export const feedEvent = (
  entry: LogEntry,
  device: Device,
  place: { readonly seq: number; readonly atMs: number },
): FeedEvent => {
  const head = { seq: place.seq, at: instantOf(place.atMs), tenant: device.tenant, device: device.id };
  switch (entry.kind) {
    case 'alert':
      return {
        ...head,
        kind: 'alert',
        change: entry.change,
        alert: alertView(entry.alert, { ...entry.names, deviceName: device.hostname }),
      };
    case 'ticket':
      return { ...head, kind: 'ticket', change: entry.change, ticket: ticketView(entry.ticket, device.hostname) };
    case 'device':
      return { ...head, kind: 'device', change: entry.change, view: deviceView(entry.device) };
  }
};
