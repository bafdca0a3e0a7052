// What a ticket is, and the small steps that change one. What follows from an alert is decided in flow.ts.
import type { Priority, TicketChange, TicketState, WaitFor } from '@fettle/shared/api/alert.schema';

import type { Alert } from '../alert/alert.ts';

/** Why nobody works on it now, and until when at the most; null: until somebody says so. */
export type TicketWait = { readonly for: WaitFor; readonly untilMs: number | null; readonly reason: string };

export type Ticket = {
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  /** Null: about no device of ours. */
  readonly device: string | null;
  /** "" for what a person has asked for. */
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
  /** Who asked for it, where a person did. */
  readonly requester: string | null;
  readonly category: string | null;
  /** Of a waiting one. */
  readonly wait: TicketWait | null;
  /** The ticket that it became part of. */
  readonly mergedInto: string | null;
  /** Its problem is left as it is, and opens no ticket, until then. */
  readonly wontFixUntilMs: number | null;
  /** How often its alerts fired. */
  readonly fires: number;
  /** When the timeline last said so. */
  readonly firesNotedMs: number | null;
};

/** Of every new ticket. */
export const FRESH = {
  state: 'new',
  assignee: null,
  isTouched: false,
  resolvedMs: null,
  reopenedMs: [],
  reopened: 0,
  version: 1,
  requester: null,
  category: null,
  wait: null,
  mergedInto: null,
  wontFixUntilMs: null,
  fires: 0,
  firesNotedMs: null,
} as const satisfies Partial<Ticket>;

export type TicketNote = {
  readonly by: string;
  readonly what: TicketChange;
  readonly text: string;
  /** For technicians alone. */
  readonly isInternal?: boolean;
  /** A person has taken charge of it, or answered: this is what a response is. */
  readonly isAnswer?: boolean;
};

/** Of what nobody did but this program. */
export const OWN_NAME = 'Fettle';

export const ownNote = (what: TicketChange, text: string): TicketNote => ({ by: OWN_NAME, what, text });

/** Something to be done to a ticket or alert later, unless it is dropped before. One per kind and subject. */
export type Timer = {
  readonly kind:
    | 'open ticket'
    | 'resolve ticket'
    | 'close ticket'
    | 'wait ends'
    | 'sla stage'
    /** What kept people from being told of it has ended. */
    | 'look at alert'
    /** It has stayed clear. */
    | 'tell resolved'
    /** It was quiet for long enough. */
    | 'end flapping';
  readonly subject: string;
  readonly dueMs: number;
};

export type TimerChange = Timer | { readonly drop: Timer['kind']; readonly subject: string };

export type TicketStep = {
  /** The ticket after it; absent where only timers change. */
  readonly ticket?: Ticket;
  readonly note?: TicketNote;
  readonly timers?: readonly TimerChange[];
  /** What its alert was judged on, to be kept with it as it was. */
  readonly evidenceOf?: Alert;
  /** The closed ticket of the same problem that it comes after. */
  readonly follows?: string;
  /** The keys of its alerts are to stay mute until then. */
  readonly muteUntilMs?: number;
};

/** What an alert was judged on when its ticket opened or reopened. */
export type KeptEvidence = Pick<Alert, 'rule' | 'ruleHash' | 'severity' | 'sinceMs' | 'evidence' | 'processes'> & {
  readonly atMs: number;
  readonly alert: string;
};

export const isOpenTicket = ({ state }: Ticket): boolean => state === 'new' || state === 'open' || state === 'waiting';

export const ticketKey = (tenant: string, device: string, family: string, instance: string): string =>
  JSON.stringify([tenant, device, family, instance]);

/** Changed at `nowMs`: a new version, so that two people cannot overwrite each other unseen. What does not wait has no wait. */
export const changed = (ticket: Ticket, nowMs: number, change: Partial<Ticket>): Ticket => {
  const next = { ...ticket, ...change, updatedMs: nowMs, version: ticket.version + 1 };
  return next.state === 'waiting' ? next : { ...next, wait: null };
};
