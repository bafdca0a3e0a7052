// Everything that may be asked of what is kept, each with the actor who asks. Answered in the reader's thread.
import type { SeriesView } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import { type Actor, maySee } from '../domain/actor.ts';
import type { Device } from '../domain/device.ts';
import type { KeptInventory } from '../domain/inventory.ts';
import type { Mark } from '../domain/place.ts';
import type { AlertPage, NamedAlert } from './alerts.ts';
import type { Capabilities } from './details.ts';
import type { DevicePage } from './devices.ts';
import type { FettleStore } from './fettle.ts';
import type { MetricsStore } from './metrics.ts';
import { type SeriesQuestion, readNewest, readSeries } from './series.ts';
import type { Tenants } from './table.ts';
import type { KeptNote, NamedTicket, TicketPage } from './tickets.ts';

export type Stores = { readonly fettle: FettleStore; readonly metrics: MetricsStore };

type Page<P> = Omit<P, 'tenants'>;
type DeviceDetails = {
  readonly device: Device;
  readonly capabilities: Capabilities;
  readonly inventory: KeptInventory | null;
};
type NewestReading = { readonly definition: SeriesDefinition; readonly atMs: number; readonly integer: number };

/** By kind: what is asked beside the actor, and what comes back. undefined: not there, or not for this actor. */
export type Questions = {
  devices: { ask: Page<DevicePage>; answer: readonly Device[] };
  'all devices': { ask: object; answer: readonly Device[] };
  device: { ask: { readonly id: string }; answer: Device | undefined };
  'device details': { ask: { readonly id: string }; answer: DeviceDetails | undefined };
  'device marks': {
    ask: { readonly id: string };
    answer: { readonly alerts: Mark | null; readonly metrics: Mark | null };
  };
  series: { ask: SeriesQuestion & { readonly device: string }; answer: SeriesView | undefined };
  'newest readings': { ask: { readonly device: string }; answer: readonly NewestReading[] };
  alerts: { ask: Page<AlertPage>; answer: readonly NamedAlert[] };
  alert: { ask: { readonly id: string }; answer: NamedAlert | undefined };
  'open alerts': {
    ask: object;
    answer: readonly { readonly device: string; readonly severity: string; readonly count: number }[];
  };
  'open alerts by rule': { ask: object; answer: readonly { readonly rule: string; readonly count: number }[] };
  'devices alerting': { ask: { readonly rule: string }; answer: readonly string[] };
  tickets: { ask: Page<TicketPage>; answer: readonly NamedTicket[] };
  ticket: {
    ask: { readonly id: string };
    answer:
      | { readonly ticket: NamedTicket; readonly notes: readonly KeptNote[]; readonly alerts: readonly NamedAlert[] }
      | undefined;
  };
  events: { ask: { readonly afterSeq: number; readonly limit: number }; answer: readonly FeedEvent[] };
  'event range': { ask: object; answer: { readonly first: number; readonly last: number } };
  session: { ask: { readonly hash: string }; answer: ReturnType<FettleStore['people']['session']> };
  'api token': { ask: { readonly hash: string }; answer: ReturnType<FettleStore['people']['token']> };
  'server id': { ask: object; answer: string };
  /** Devices that have readings and are not known. */
  'orphan readings': { ask: object; answer: readonly string[] };
};

export type Kind = keyof Questions;
export type Ask = <K extends Kind>(
  kind: K,
  actor: Actor,
  question: Questions[K]['ask'],
) => Promise<Questions[K]['answer']>;

type Answers = {
  readonly [K in Kind]: (stores: Stores, actor: Actor, question: Questions[K]['ask']) => Questions[K]['answer'];
};

const tenantsOf = ({ tenants }: Actor): Tenants => (tenants === 'all' ? undefined : tenants);

const visible = <T extends { readonly tenant: string }>(actor: Actor, found: T | undefined): T | undefined =>
  found && maySee(actor, found.tenant) ? found : undefined;

/** Those of a target are among its agent's. */
const seriesFor = (metrics: MetricsStore, device: Device | undefined, question: SeriesQuestion) =>
  device &&
  (device.watchedBy === null
    ? readSeries(metrics, device.id, question)
    : readSeries(metrics, device.watchedBy, question, { target: device.hostname }));

export const answers: Answers = {
  devices: ({ fettle }, actor, page) => fettle.devices.page({ ...page, tenants: tenantsOf(actor) }),
  'all devices': ({ fettle }, actor) => fettle.devices.all().filter(({ tenant }) => maySee(actor, tenant)),
  device: ({ fettle }, actor, { id }) => visible(actor, fettle.devices.get(id)),
  'device details': ({ fettle }, actor, { id }) => {
    const device = visible(actor, fettle.devices.get(id));
    return device && { device, capabilities: fettle.capabilities.of(id), inventory: fettle.inventory.of(id) };
  },
  'device marks': ({ fettle, metrics }, _actor, { id }) => ({
    alerts: fettle.marks.get(id) ?? null,
    metrics: metrics.mark(id) ?? null,
  }),
  series: ({ fettle, metrics }, actor, { device, ...question }) =>
    seriesFor(metrics, visible(actor, fettle.devices.get(device)), question),
  'newest readings': ({ metrics }, _actor, { device }) => readNewest(metrics, device),
  alerts: ({ fettle }, actor, page) => fettle.alerts.page({ ...page, tenants: tenantsOf(actor) }),
  alert: ({ fettle }, actor, { id }) => visible(actor, fettle.alerts.named(id)),
  'open alerts': ({ fettle }, actor) => fettle.alerts.openCounts(tenantsOf(actor)),
  'open alerts by rule': ({ fettle }, actor) => fettle.alerts.openCountsByRule(tenantsOf(actor)),
  'devices alerting': ({ fettle }, _actor, { rule }) => fettle.alerts.devicesAlerting(rule),
  tickets: ({ fettle }, actor, page) => fettle.tickets.page({ ...page, tenants: tenantsOf(actor) }),
  ticket: ({ fettle }, actor, { id }) => {
    const ticket = visible(actor, fettle.tickets.named(id));
    if (!ticket) return undefined;
    const names = { deviceName: ticket.deviceName, ticketNumber: ticket.number };
    const alerts = fettle.alerts.ofTicket(id).map((alert) => ({ ...alert, ...names }));
    return { ticket, notes: fettle.tickets.notes(id), alerts };
  },
  events: ({ fettle }, actor, page) => fettle.events.page({ ...page, tenants: tenantsOf(actor) }),
  'event range': ({ fettle }) => fettle.events.range(),
  session: ({ fettle }, _actor, { hash }) => fettle.people.session(hash),
  'api token': ({ fettle }, _actor, { hash }) => fettle.people.token(hash),
  'server id': ({ fettle }) => fettle.tenants.meta('server_id') ?? '',
  'orphan readings': ({ fettle, metrics }) => {
    // the readings first: a new device is known before its first reading
    const withReadings = metrics.devices();
    const known = new Set(fettle.devices.all().map(({ id }) => id));
    return withReadings.filter((id) => !known.has(id));
  },
};
