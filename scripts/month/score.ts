// What the server told of the month, held against what was true of it.
import { HOUR_MS } from '@fettle/shared/time';

import type { Fired, History, TicketStory } from './history.ts';
import { EVERYWHERE, type Label, SELF_CHECK, SITE_OUTAGE } from './label.ts';
import { book } from './month-server.ts';
import type { Plan } from './plan.ts';
import { overlaps } from './span.ts';

export type Score = {
  readonly recall: number;
  readonly precision: number;
  readonly tickets_per_1000_device_weeks: number;
  readonly false_offline_per_1000_device_weeks: number;
  readonly notices_per_technician_day: number;
};

/** Why a ticket was none that was asked for. */
export type FalseTicket = { readonly rule: string; readonly why: string };

export type Verdict = {
  readonly score: Score;
  readonly tickets: number;
  readonly reopened: number;
  readonly wanted: number;
  readonly missed: readonly Label[];
  readonly falseTickets: readonly FalseTicket[];
  readonly falseOffline: readonly Fired[];
};

const TECHNICIANS = 10;
/** What happened may be told so long after it is over. */
const TAIL_MS = HOUR_MS;
const OFFLINE = 'device.offline';
/** Of the server's own rules, the ones that labels know. */
const OWN: ReadonlySet<string> = new Set([SITE_OUTAGE, SELF_CHECK]);

export const verdictOn = ({ lives, labels, days }: Plan, history: History): Verdict => {
  const tickets = [...history.tickets.values()].toSorted((a, b) => a.openedMs - b.openedMs);
  const judged = judgeTickets(tickets, new Labels(labels), history);
  const wanted = labels.filter(({ worth }) => worth.is === 'ticket');
  const missed = wanted.filter((label) => !isTold(label, tickets, history));
  const falseOffline = history.fired.filter((fired) => isFalseOffline(fired, labels));
  const falseTickets = judged.filter((one) => one !== undefined);
  const perWeek = (count: number): number => (count * 1_000 * 7) / (lives.length * days);
  return {
    score: {
      recall: round(share(wanted.length - missed.length, wanted.length)),
      precision: round(share(tickets.length - falseTickets.length, tickets.length)),
      tickets_per_1000_device_weeks: round(perWeek(tickets.length)),
      false_offline_per_1000_device_weeks: round(perWeek(falseOffline.length)),
      notices_per_technician_day: round(history.notices / TECHNICIANS / days),
    },
    tickets: tickets.length,
    reopened: tickets.reduce((sum, { reopened }) => sum + reopened, 0),
    wanted: wanted.length,
    missed,
    falseTickets,
    falseOffline,
  };
};

/** Found by machine and by site: there are thousands. */
class Labels {
  readonly #byMachine: ReadonlyMap<number, readonly Label[]>;
  readonly #bySite: ReadonlyMap<string, readonly Label[]>;

  constructor(labels: readonly Label[]) {
    const pairs = labels.flatMap((label) => label.machines.map((machine) => ({ machine, label })));
    this.#byMachine = new Map(
      [...Map.groupBy(pairs, ({ machine }) => machine)].map(([machine, theirs]) => [
        machine,
        theirs.map(({ label }) => label),
      ]),
    );
    this.#bySite = Map.groupBy(labels, ({ site }) => site);
  }

  near({ machine, site }: { readonly machine: number; readonly site: string }): readonly Label[] {
    const places = [...(this.#bySite.get(site) ?? []), ...(this.#bySite.get(EVERYWHERE) ?? [])];
    return [...new Set([...(this.#byMachine.get(machine) ?? []), ...places])];
  }
}

const familyOf = (rule: string): string => book.byId.get(rule)?.family ?? rule;

type Seen = Pick<Fired, 'machine' | 'site' | 'rule'>;

/** What is told of a site or of the server itself is about that, whatever device it hangs on. */
const isAbout = ({ families, site, machines }: Label, seen: Seen): boolean => {
  if (!families.includes(familyOf(seen.rule))) return false;
  if (seen.rule === SELF_CHECK) return site === EVERYWHERE;
  return seen.rule === SITE_OUTAGE ? seen.site === site : machines.includes(seen.machine);
};

const isWhile = ({ fromMs, toMs }: Label, atMs: number): boolean => atMs >= fromMs && atMs <= toMs + TAIL_MS;

/** @returns for each ticket why it is false, or undefined. Two tickets of one trouble of one machine are one too many. */
const judgeTickets = (
  tickets: readonly TicketStory[],
  labels: Labels,
  history: History,
): readonly (FalseTicket | undefined)[] => {
  const had = new Map<Label, Set<number>>();
  return tickets.map((ticket) => {
    const { rule, machine } = ticket;
    if (!book.byId.has(rule) && !OWN.has(rule)) return gathered(ticket, labels, history);
    const near = labels.near(ticket).filter((label) => isAbout(label, ticket) && isWhile(label, ticket.openedMs));
    const wanted = near.find(({ worth }) => worth.is !== 'nothing');
    if (!wanted) return { rule, why: near[0]?.kind ?? 'no label' };
    const machines = had.get(wanted) ?? new Set();
    if (machines.has(machine)) return { rule, why: `again: ${wanted.kind}` };
    had.set(wanted, machines.add(machine));
    return undefined;
  });
};

/** A ticket of no rule of the pack gathers alerts: it is right when one of them is. */
const gathered = (ticket: TicketStory, labels: Labels, history: History): FalseTicket | undefined => {
  const theirs = history.fired.filter(({ alert }) => history.ticketsOfAlert.get(alert)?.has(ticket.id));
  const isRight = theirs.some((fired) =>
    labels
      .near(fired)
      .some((label) => label.worth.is !== 'nothing' && isAbout(label, fired) && isWhile(label, fired.atMs)),
  );
  return isRight ? undefined : { rule: ticket.rule, why: 'nothing that it gathers' };
};

/** A ticket about it was open in time, its own or one that gathers. */
const isTold = (label: Label, tickets: readonly TicketStory[], history: History): boolean => {
  if (label.worth.is !== 'ticket') return true;
  const inTime = { fromMs: label.fromMs, toMs: label.worth.byMs };
  const isOpenInTime = ({ open }: TicketStory): boolean => open.some((span) => overlaps(span, inTime));
  if (tickets.some((ticket) => isAbout(label, ticket) && isOpenInTime(ticket))) return true;
  const alerts = history.fired.filter((fired) => isAbout(label, fired) && isWhile(label, fired.atMs));
  const gathering = alerts.flatMap(({ alert }) => [...(history.ticketsOfAlert.get(alert) ?? [])]);
  return gathering.some((id) => {
    const ticket = history.tickets.get(id);
    return ticket !== undefined && isOpenInTime(ticket);
  });
};

/** Called offline although nothing had happened to it: it was asleep, off, restarting, or the server itself was cut off. */
const isFalseOffline = (fired: Fired, labels: readonly Label[]): boolean =>
  fired.rule === OFFLINE &&
  fired.isNew &&
  !labels.some((label) => label.worth.is === 'ticket' && isAbout(label, fired) && isWhile(label, fired.atMs));

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

const round = (value: number): number => Number(value.toFixed(3));
