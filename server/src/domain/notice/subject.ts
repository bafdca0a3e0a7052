// What a notice is about, as it stands now: an alert or a ticket.
import type { Severity } from '@fettle/shared/alert/alert';
import type { Presence } from '@fettle/shared/api/device.schema';

import type { Alert } from '../alert/alert.ts';
import { type Ticket, isOpenTicket } from '../ticket/ticket.ts';

export type Labels = Readonly<Record<string, string>>;

/** `quieted`: it goes on, and a person knows. */
export type Standing = 'open' | 'quieted' | 'over';

export type Subject = {
  readonly id: string;
  readonly type: 'alert' | 'ticket';
  readonly tenant: string;
  readonly site: string;
  readonly device: string;
  readonly deviceName: string;
  readonly rule: string;
  readonly instance: string;
  readonly title: string;
  readonly severity: Severity;
  readonly standing: Standing;
  readonly sinceMs: number;
  readonly endedMs: number | null;
  readonly reason: string;
  readonly occurrences: number;
  /** The ticket's id and number: of an alert that has one, or of the ticket itself. */
  readonly ticket: { readonly id: string; readonly number: string } | null;
  /** Of what another system told; {} for our own. */
  readonly labels: Labels;
};

type AlertNames = Pick<Subject, 'deviceName' | 'title' | 'ticket' | 'labels'>;

export const alertSubject = (alert: Alert & { readonly presence: Presence }, names: AlertNames): Subject => {
  const { id, tenant, site, device, rule, instance, severity, sinceMs, resolvedMs, reason, occurrences } = alert;
  const about = { id, tenant, site, device, rule, instance, severity, sinceMs, reason, occurrences, ...names };
  return { ...about, type: 'alert', endedMs: resolvedMs, standing: standingOf(alert) };
};

/** Everything that makes an alert quiet is looked at here, and nowhere else. */
const standingOf = ({ state, hush, rule, presence }: Alert & { readonly presence: Presence }): Standing => {
  switch (state) {
    case 'open':
      // of a device that is gone nobody knows how it stands, but that it is gone
      return hush || (presence === 'offline' && rule !== 'device.offline') ? 'quieted' : 'open';
    case 'acked':
      return 'quieted';
    case 'resolved':
      return 'over';
  }
};

export const ticketSubject = (ticket: Ticket, deviceName: string | null): Subject => {
  const { id, tenant, site, device, rule, instance, number, subject: title, createdMs, resolvedMs } = ticket;
  return {
    id,
    tenant,
    site,
    device: device ?? '',
    deviceName: deviceName ?? '',
    rule,
    instance,
    title,
    type: 'ticket',
    severity: ticket.priority === 'critical' || ticket.priority === 'high' ? 'critical' : 'warning',
    standing: isOpenTicket(ticket) ? 'open' : 'over',
    sinceMs: createdMs,
    endedMs: resolvedMs,
    reason: `${ticket.priority}, ${ticket.state}`,
    occurrences: ticket.reopened + 1,
    ticket: { id, number },
    labels: {},
  };
};
