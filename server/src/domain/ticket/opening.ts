// A ticket that a person opens.
import type { Priority } from '@fettle/shared/api/alert.schema';

import { FRESH, type Ticket, type TicketStep, ticketKey } from './ticket.ts';

/** What they say of it. */
export type NewTicket = {
  readonly subject: string;
  readonly body: string;
  readonly priority: Priority;
  readonly requester: string | null;
  readonly category: string | null;
  readonly assignee: string | null;
  /** Null: about none. */
  readonly device: string | null;
};

type Made = {
  readonly id: string;
  readonly number: string;
  readonly tenant: string;
  /** The device's; "" without one. */
  readonly site: string;
  readonly by: string;
  readonly nowMs: number;
};

/** Two with the same words are two: its key is its own. */
export const personTicket = (asked: NewTicket, { by, nowMs, ...made }: Made): TicketStep => {
  const ticket: Ticket = {
    ...FRESH,
    ...asked,
    ...made,
    rule: '',
    instance: '',
    key: ticketKey(made.tenant, asked.device ?? '', 'person', made.id),
    state: asked.assignee === null ? 'new' : 'open',
    isTouched: true,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  return { ticket, note: { by, what: 'opened', text: 'Opened.' } };
};
