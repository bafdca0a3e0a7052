// What the generator of the month knows to be true, independently of all rules: what was wrong where, and whether it was worth a ticket.
import type { Span } from './span.ts';

export type Label = Span & {
  readonly kind: string;
  /** Families of rules that it should show as. */
  readonly families: readonly string[];
  /** EVERYWHERE when it is about the whole fleet, or the server itself. */
  readonly site: string;
  /** Their indexes in the fleet. */
  readonly machines: readonly number[];
  readonly worth: Worth;
};

/**
 * `ticket`: a person must act, and has to know by then. `one ticket at most`: a person may want to know, once. `nothing`: life as it
 * is, or known since before the agent came; a ticket about it is noise.
 */
export type Worth =
  | { readonly is: 'ticket'; readonly byMs: number }
  | { readonly is: 'one ticket at most' }
  | { readonly is: 'nothing' };

export const EVERYWHERE = '';

export const NOTHING: Worth = { is: 'nothing' };
export const AT_MOST_ONE: Worth = { is: 'one ticket at most' };

/** Rules of the server beside those of the pack (design, Alerts): about a whole site, and about itself. */
export const SITE_OUTAGE = 'site.outage';
export const SELF_CHECK = 'server.selfcheck';

/** Declared by the technicians of a site before it begins. */
export type MaintenanceWindow = Span & { readonly tenant: string; readonly site: string; readonly reason: string };
