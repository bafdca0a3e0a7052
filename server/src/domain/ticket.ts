// What a ticket is, and the small steps that change one. What follows from an alert is decided in ticket-flow.ts.
import type { Priority, TicketState } from '@fettle/shared/api/alert.schema';

export type Ticket = {
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly device: string;
  readonly rule: string;
  readonly instance: string;
  /** Tenant, device, rule family, instance: one open ticket per key. */
  readonly key: string;
  /** For people: HOME-12. */
  readonly number: string;
  readonly state: TicketState;
  readonly priority: Priority;
  readonly subject: string;
  readonly body: string;
  readonly assignee: string | null;
  /** A person has worked on it: it is not resolved behind their back. */
  readonly isTouched: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly resolvedMs: number | null;
  /** When it was reopened by its problem, the last few times. */
  readonly reopenedMs: readonly number[];
  readonly reopened: number;
  readonly version: number;
};

export type TicketChange = 'opened' | 'raised' | 'noted' | 'reopened' | 'taken' | 'resolved' | 'closed';

export type TicketNote = { readonly by: string; readonly what: TicketChange; readonly text: string };

/** What nobody did but this program. */
export const ownNote = (what: TicketChange, text: string): TicketNote => ({ by: 'Fettle', what, text });

/** Something to be done to a ticket or alert later, unless it is dropped before. One per kind and subject. */
export type Timer = {
  readonly kind: 'open ticket' | 'resolve ticket' | 'close ticket';
  readonly subject: string;
  readonly dueMs: number;
};

export type TicketStep = {
  /** The ticket after it; absent where only timers change. */
  readonly ticket?: Ticket;
  readonly note?: TicketNote;
  readonly timers?: readonly (Timer | { readonly drop: Timer['kind']; readonly subject: string })[];
};

export const isOpenTicket = ({ state }: Ticket): boolean => state === 'new' || state === 'open' || state === 'waiting';

export const ticketKey = (tenant: string, device: string, family: string, instance: string): string =>
  JSON.stringify([tenant, device, family, instance]);

/** Changed at `nowMs`: a new version, so that two people cannot overwrite each other unseen. */
export const changed = (ticket: Ticket, nowMs: number, change: Partial<Ticket>): Ticket => ({
  ...ticket,
  ...change,
  updatedMs: nowMs,
  version: ticket.version + 1,
});
