// What the server told in the month, from its feed: alerts that fired, tickets and what was done to them, and how many notices it left.
import type { FettleStore } from '@fettle/server/store/fettle';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { Span } from './span.ts';

/** An alert that fired, was raised or reopened. */
export type Fired = {
  readonly atMs: number;
  readonly machine: number;
  readonly site: string;
  readonly rule: string;
  readonly instance: string;
  readonly alert: string;
  readonly isNew: boolean;
};

export type TicketStory = {
  readonly id: string;
  readonly machine: number;
  readonly site: string;
  readonly rule: string;
  readonly instance: string;
  readonly openedMs: number;
  /** From each opening to its end, which is not known while it is open. */
  readonly open: { readonly fromMs: number; toMs: number }[];
  reopened: number;
};

/** What is kept quiet is no news to anybody until it wakes. */
const FIRES: ReadonlySet<string> = new Set(['fired', 'reopened', 'raised', 'woken']);

export class History {
  readonly fired: Fired[] = [];
  readonly tickets = new Map<string, TicketStory>();
  /** Tickets that an alert was joined to, by the alert's id. */
  readonly ticketsOfAlert = new Map<string, Set<string>>();
  /** Alerts that tell what was so before, by their ids: shown, and told to nobody. */
  readonly knownBefore = new Set<string>();
  readonly #machines = new Map<string, number>();
  #notices = 0;

  get notices(): number {
    return this.#notices;
  }

  name(device: string, machine: number): void {
    this.#machines.set(device, machine);
  }

  note(event: FeedEvent): void {
    if (event.kind === 'device' || event.kind === 'sla' || event.kind === 'absence') return;
    const atMs = Temporal.Instant.from(event.at).epochMilliseconds;
    const machine = this.#machines.get(event.device) ?? -1;
    if (event.kind === 'alert') this.#noteAlert(event, atMs, machine);
    else this.#noteTicket(event, atMs, machine);
  }

  /** Before the day is forgotten. */
  countNotices({ db }: FettleStore, { fromMs, toMs }: Span): void {
    const sql = 'SELECT count(*) AS count FROM outbox WHERE at_ms > ? AND at_ms <= ?';
    this.#notices += db.prepare<[number, number], { count: number }>(sql).get(fromMs, toMs)?.count ?? 0;
  }

  #noteAlert({ change, alert }: FeedEvent & { kind: 'alert' }, atMs: number, machine: number): void {
    if (alert.ticket !== null) {
      const joined = this.ticketsOfAlert.get(alert.id) ?? new Set();
      this.ticketsOfAlert.set(alert.id, joined.add(alert.ticket));
    }
    if (alert.quiet?.why === 'preexisting') this.knownBefore.add(alert.id);
    if (!FIRES.has(change) || alert.quiet !== null) return;
    const { site, rule, instance, id } = alert;
    this.fired.push({ atMs, machine, site, rule, instance, alert: id, isNew: change !== 'raised' });
  }

  #noteTicket({ change, ticket }: FeedEvent & { kind: 'ticket' }, atMs: number, machine: number): void {
    const { id, site, rule, instance } = ticket;
    const known = this.tickets.get(id);
    const story = known ?? { id, machine, site, rule, instance, openedMs: atMs, open: [], reopened: 0 };
    this.tickets.set(id, story);
    if (change === 'opened' || change === 'reopened') story.open.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
    if (change === 'reopened') story.reopened += 1;
    const last = story.open.at(-1);
    if (change === 'resolved' && last) last.toMs = atMs;
  }
}
