// What is kept, as the actor who asks may see it. In the reader's thread.
import { type Actor, maySee } from '../domain/actor.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { Device } from '../domain/device.ts';
import { outlooksOf } from '../domain/forecast/forecast.ts';
import { STANDARD } from '../domain/sla/calendar.ts';
import { whoMayBeGiven } from '../domain/ticket/assignee.ts';
import { backTest } from './back-test.ts';
import type { FettleStore } from './fettle.ts';
import { readHourly } from './hourly.ts';
import type { MetricsStore } from './metrics.ts';
import type { Stores, TicketDetails, CalendarDetails, Kind, Questions } from './questions.ts';
import { standingAt } from './rule-places.ts';
import { type SeriesQuestion, readNewest, readSeries } from './series.ts';
import type { KeptCalendar } from './sla.ts';
import type { Tenants } from './table.ts';
import type { NamedTicket } from './tickets.ts';

type Answers = {
  readonly [K in Kind]: (stores: Stores, actor: Actor, question: Questions[K]['ask']) => Questions[K]['answer'];
};

const tenantsOf = ({ tenants }: Actor): Tenants => (tenants === 'all' ? undefined : tenants);

const visible = <T extends { readonly tenant: string }>(actor: Actor, found: T | undefined): T | undefined =>
  found && maySee(actor, found.tenant) ? found : undefined;

/** What is nobody's but the program's own. @throws Error, as a fault of ours, when it is asked on behalf of anybody else */
const own =
  <Q, A>(answer: (stores: Stores, question: Q) => A) =>
  (stores: Stores, actor: Actor, question: Q): A => {
    if (actor.kind !== 'system') throw new Error('This question is for the program itself.');
    return answer(stores, question);
  };

/** Those of a target are among its agent's. */
const seriesFor = (metrics: MetricsStore, device: Device | undefined, question: SeriesQuestion) =>
  device &&
  (device.watchedBy === null
    ? readSeries(metrics, device.id, question)
    : readSeries(metrics, device.watchedBy, question, { target: device.hostname }));

/** As people call it. */
const quietBy = (fettle: FettleStore, { hush }: Alert): string | undefined => {
  if (!hush?.by) return undefined;
  if (hush.why === 'parent') {
    const parent = fettle.alerts.named(hush.by);
    return parent && `${parent.rule} of ${parent.deviceName}`;
  }
  const window = hush.why === 'maintenance' ? fettle.maintenance.get(hush.by) : undefined;
  return window ? [`by ${window.by}`, window.reason].filter((part) => part !== '').join(': ') : `by ${hush.by}`;
};

const withHours = ({ sla }: FettleStore, kept: KeptCalendar): CalendarDetails => ({
  ...kept,
  calendar: sla.definition(kept.id) ?? STANDARD,
});

const ticketDetails = (fettle: FettleStore, ticket: NamedTicket): TicketDetails => {
  const { tickets, ticketEvidence, sla, alerts } = fettle;
  const { id, tenant } = ticket;
  return {
    ticket,
    notes: tickets.notes(id),
    // each by its own name: a merged ticket has brought those of other devices
    alerts: alerts.ofTicket(id).flatMap((alert) => alerts.named(alert.id) ?? []),
    links: tickets.links(id),
    evidence: ticketEvidence.of(id),
    minutesSpent: tickets.minutesSpent(id),
    facts: tickets.facts(id),
    stages: sla.stages(id),
    contract: sla.promisedTo(tenant),
  };
};

/** Without a pause; the reader's thread makes them between its pieces. */
const atOnce = <T>(work: Generator<void, T, boolean | undefined>): T => {
  let piece = work.next();
  while (!piece.done) piece = work.next();
  return piece.value;
};

export const answers: Answers = {
  devices: ({ fettle }, actor, page) => fettle.devices.page({ ...page, tenants: tenantsOf(actor) }),
  'all devices': ({ fettle }, actor) => fettle.devices.all().filter(({ tenant }) => maySee(actor, tenant)),
  device: ({ fettle }, actor, { id }) => visible(actor, fettle.devices.get(id)),
  'device details': ({ fettle }, actor, { id }) => {
    const device = visible(actor, fettle.devices.get(id));
    if (!device) return undefined;
    const [capabilities, inventory] = [fettle.capabilities.of(id), fettle.inventory.of(id)];
    return { device, capabilities, inventory, forecasts: fettle.forecasts.of(id) };
  },
  absences: ({ fettle }, actor, { id }) => visible(actor, fettle.devices.get(id)) && fettle.absences.of(id),
  outlooks: own(({ fettle, metrics }, { id, signal, nowMs }) => {
    const hourly = readHourly(metrics, id, signal, nowMs);
    return outlooksOf(
      hourly,
      nowMs,
      fettle.forecasts.of(id).map(({ instance }) => instance),
    );
  }),
  'device marks': own(({ fettle, metrics }, { id }) => ({
    alerts: fettle.marks.get(id) ?? null,
    metrics: metrics.mark(id) ?? null,
  })),
  series: ({ fettle, metrics }, actor, { device, ...question }) =>
    seriesFor(metrics, visible(actor, fettle.devices.get(device)), question),
  'newest readings': own(({ metrics }, { device }) => readNewest(metrics, device)),
  alerts: ({ fettle }, actor, page) => fettle.alerts.page({ ...page, tenants: tenantsOf(actor) }),
  alert: ({ fettle }, actor, { id }) => visible(actor, fettle.alerts.named(id)),
  'alert facts': ({ fettle }, actor, { id }) => {
    const alert = visible(actor, fettle.alerts.named(id));
    if (!alert) return undefined;
    const absence = fettle.absences.around(alert.device, alert.sinceMs);
    const forecast =
      fettle.forecasts.of(alert.device).find(({ instance }) => instance === alert.instance)?.forecast ?? undefined;
    return { alert, mute: fettle.mutes.get(alert.key), quietBy: quietBy(fettle, alert), absence, forecast };
  },
  'alerts that wait': ({ fettle }, actor) => fettle.alerts.waiting(tenantsOf(actor)),
  maintenance: ({ fettle }, actor, { nowMs }) => fettle.maintenance.list(tenantsOf(actor), nowMs),
  'open alerts': ({ fettle }, actor) => fettle.alerts.openCounts(tenantsOf(actor)),
  'open alerts by rule': ({ fettle }, actor) => fettle.alerts.openCountsByRule(tenantsOf(actor)),
  'devices alerting': own(({ fettle }, { rule }) => fettle.alerts.devicesAlerting(rule)),
  tickets: ({ fettle }, actor, page) => fettle.tickets.page({ ...page, tenants: tenantsOf(actor) }),
  ticket: ({ fettle }, actor, { id }) => {
    const ticket = visible(actor, fettle.tickets.named(id));
    return ticket && ticketDetails(fettle, ticket);
  },
  'due tickets': ({ fettle }, actor, { limit }) =>
    fettle.sla.soonest({ tenants: tenantsOf(actor), limit }).flatMap((due) => {
      const ticket = visible(actor, fettle.tickets.named(due.ticket));
      return ticket ? [{ ...due, ticket }] : [];
    }),
  calendars: ({ fettle }, actor) => fettle.sla.calendars(tenantsOf(actor)).map((kept) => withHours(fettle, kept)),
  calendar: ({ fettle }, actor, { id }) => {
    const kept = visible(actor, fettle.sla.calendar(id));
    return kept && withHours(fettle, kept);
  },
  terms: ({ fettle }, actor, { tenant }) =>
    maySee(actor, tenant) && fettle.tenants.get(tenant) ? (fettle.sla.terms(tenant) ?? null) : undefined,
  events: ({ fettle }, actor, page) => fettle.events.page({ ...page, tenants: tenantsOf(actor) }),
  'back-test': (stores, actor, question) => atOnce(backTest(stores, actor, question)),
  'rule generation': own(({ fettle }) => fettle.rules.generation()),
  'rule overrides': ({ fettle }, actor) => fettle.rules.all().filter(({ tenant }) => maySee(actor, tenant)),
  'rule places': ({ fettle }, actor, { spots }) =>
    spots.map((spot) => (maySee(actor, spot.tenant) ? (standingAt(spot, fettle) ?? null) : null)),
  'rule versions': ({ fettle }, actor, { rule, limit }) => fettle.rules.versions(rule, tenantsOf(actor), limit),
  'capabilities by device': ({ fettle }, actor) => fettle.capabilities.all(tenantsOf(actor)),
  'event range': own(({ fettle }) => fettle.events.range()),
  session: own(({ fettle }, { hash }) => fettle.people.session(hash)),
  'rights changes': own(({ fettle }) => fettle.people.rightsChanges()),
  'api token': own(({ fettle }, { hash }) => fettle.people.token(hash)),
  channels: ({ fettle }, actor) => fettle.channels.all().filter(({ tenant }) => maySee(actor, tenant)),
  'notice routes': ({ fettle }, actor) => fettle.routes.all().filter(({ tenant }) => maySee(actor, tenant)),
  rotas: ({ fettle }, actor) => fettle.rotas.all().filter(({ tenant }) => maySee(actor, tenant)),
  notices: ({ fettle }, actor, page) => fettle.notices.page({ ...page, tenants: tenantsOf(actor) }),
  'ingest tokens': ({ fettle }, actor) => fettle.ingestTokens.all(tenantsOf(actor)),
  'ingest token': own(({ fettle }, { hash }) => fettle.ingestTokens.get(hash)),
  sites: ({ fettle }, actor) => fettle.tenants.namedSites().filter(({ tenant }) => maySee(actor, tenant)),
  'enrol tokens': ({ fettle }, actor) => fettle.enrollTokens.all(tenantsOf(actor)),
  'server id': own(({ fettle }) => fettle.tenants.meta('server_id') ?? ''),
  'external systems': own(({ fettle }) => fettle.external.systems()),
  'external due': own(({ fettle }, question) => fettle.external.due(question)),
  'external ticket': ({ fettle }, actor, { id }) => {
    const ticket = visible(actor, fettle.external.copy(id));
    if (!ticket) return undefined;
    const link = fettle.external.link(id) ?? null;
    return { ticket, link, ...fettle.external.notesAfter(id, link?.toldNote ?? 0) };
  },
  'alert words': ({ fettle }, actor, { id }) =>
    visible(actor, fettle.alerts.named(id)) ? fettle.alertLabels.of(id) : undefined,
  'notice counts': own(({ fettle: { deliveries } }, { sinceMs }) => ({
    waiting: deliveries.count(),
    dead: deliveries.deadSince(sinceMs),
  })),
  'external failing': own(({ fettle }) => fettle.external.isFailing()),
  'assignable people': ({ fettle }, actor, { tenant }) =>
    tenant === '' || (maySee(actor, tenant) && fettle.tenants.has(tenant))
      ? whoMayBeGiven(fettle.people.all(), tenant === '' ? actor.tenants : [tenant])
      : undefined,
  'orphan readings': own(({ fettle, metrics }) => {
    // the readings first: a new device is known before its first reading
    const withReadings = metrics.devices();
    const known = new Set(fettle.devices.all().map(({ id }) => id));
    return withReadings.filter((id) => !known.has(id));
  }),
};
