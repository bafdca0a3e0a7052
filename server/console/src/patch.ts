// What an event of the feed does to the lists that the page holds. Pure, and the same event may come twice.
import type { AlertView, TicketDetail, TicketView } from '@fettle/shared/api/alert.schema';
import type { DeviceView, Presence } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { AlertFilter, AlertPages, DevicePages, Pages, TicketFilter, TicketPages } from './queries.ts';

type Entity = { readonly id: string };
type DeviceEvent = Extract<FeedEvent, { readonly kind: 'device' }>;
export type Readings = DeviceView['readings'];

const find = <T extends Entity, F>(pages: Pages<T, F>, id: string): T | undefined => {
  for (const page of pages.pages) {
    const item = page.items.find((entry) => entry.id === id);
    if (item !== undefined) return item;
  }
  return undefined;
};

/** Each item by `change`; undefined takes it out. Pages without a change stay the same objects. */
const mapItems = <T extends Entity, F>(pages: Pages<T, F>, change: (item: T) => T | undefined): Pages<T, F> => {
  const next = pages.pages.map((page) => {
    const items = page.items.map(change).filter((item) => item !== undefined);
    const same = items.length === page.items.length && items.every((item, at) => item === page.items[at]);
    return same ? page : { ...page, items };
  });
  return next.every((page, at) => page === pages.pages[at]) ? pages : { ...pages, pages: next };
};

const prepend = <T extends Entity, F>(pages: Pages<T, F>, item: T): Pages<T, F> => {
  const [first, ...rest] = pages.pages;
  if (first === undefined) return pages;
  return { ...pages, pages: [{ ...first, items: [item, ...first.items] }, ...rest] };
};

const remove = <T extends Entity, F>(pages: Pages<T, F>, id: string): Pages<T, F> =>
  mapItems(pages, (entry) => (entry.id === id ? undefined : entry));

/** Replaces, adds or takes out, by whether the item belongs. New items go in front: whoever shows a list orders it. */
const place = <T extends Entity, F>(pages: Pages<T, F>, item: T, belongs: boolean): Pages<T, F> => {
  if (!belongs) return remove(pages, item.id);
  if (find(pages, item.id) === undefined) return prepend(pages, item);
  return mapItems(pages, (entry) => (entry.id === item.id ? item : entry));
};

const filterOf = <T, F>(pages: Pages<T, F>): F | undefined => pages.pages[0]?.filter;

const alertBelongs = (alert: AlertView, filter: AlertFilter): boolean =>
  filter.states.includes(alert.state) &&
  [null, alert.severity].includes(filter.severity) &&
  [null, alert.device].includes(filter.device) &&
  [null, alert.rule].includes(filter.rule);

export const isOlder = (alert: AlertView, held: AlertView | undefined): boolean =>
  held !== undefined && Date.parse(alert.updatedAt) < Date.parse(held.updatedAt);

export const patchAlerts = (pages: AlertPages, alert: AlertView): AlertPages => {
  const filter = filterOf(pages);
  if (filter === undefined || isOlder(alert, find(pages, alert.id))) return pages;
  return place(pages, alert, alertBelongs(alert, filter));
};

const ticketBelongs = (ticket: TicketView, filter: TicketFilter): boolean =>
  filter.states.includes(ticket.state) && [null, ticket.device].includes(filter.device);

export const patchTickets = (pages: TicketPages, ticket: TicketView): TicketPages => {
  const filter = filterOf(pages);
  const held = find(pages, ticket.id);
  if (filter === undefined || (held !== undefined && ticket.version < held.version)) return pages;
  return place(pages, ticket, ticketBelongs(ticket, filter));
};

/** The head of the ticket; what was said and done comes with the next fetch. */
export const patchTicket = (detail: TicketDetail, ticket: TicketView): TicketDetail =>
  ticket.version < detail.version ? detail : { ...detail, ...ticket };

export const patchTicketAlerts = (detail: TicketDetail, alert: AlertView): TicketDetail => {
  const held = detail.alerts.find(({ id }) => id === alert.id);
  if (held === undefined || isOlder(alert, held)) return detail;
  return { ...detail, alerts: detail.alerts.map((entry) => (entry === held ? alert : entry)) };
};

const NOTHING_READ: Pick<DeviceView, 'readings' | 'openAlerts'> = {
  readings: { at: null, cpu: null, memory: null, fullestVolume: null },
  openAlerts: { warning: 0, critical: 0 },
};

export const patchDevices = (pages: DevicePages, { change, view }: DeviceEvent): DevicePages => {
  if (change === 'removed') return remove(pages, view.id);
  const held = find(pages, view.id);
  if (held !== undefined) return place(pages, { ...held, ...view }, true);
  const isSought = view.name.toLowerCase().includes(filterOf(pages)?.q.toLowerCase() ?? '');
  return change === 'enrolled' && isSought ? prepend(pages, { ...NOTHING_READ, ...view }) : pages;
};

/** Whose device is neither here nor known to be gone: what is said of it is as it was then. */
const UP_TO_DATE: ReadonlySet<Presence> = new Set<Presence>(['online', 'unknown']);

/** The feed tells that a device comes and goes, and not of each of its alerts that their word is as good as that. */
export const patchStale = (pages: AlertPages, { id, presence }: Pick<DeviceView, 'id' | 'presence'>): AlertPages =>
  mapItems(pages, (alert) => {
    const stale = alert.state !== 'resolved' && !UP_TO_DATE.has(presence);
    return alert.device === id && alert.stale !== stale ? { ...alert, stale } : alert;
  });

export const patchReadings = (pages: DevicePages, byDevice: ReadonlyMap<string, Readings>): DevicePages =>
  mapItems(pages, (device) => {
    const readings = byDevice.get(device.id);
    return readings === undefined ? device : { ...device, readings };
  });

/** All items of a list in order, each once: pages that were fetched at different times may overlap. */
export const inOrder = <T extends Entity, F>(
  pages: Pages<T, F> | undefined,
  compare: (one: T, other: T) => number,
): readonly T[] => {
  const byId = new Map<string, T>();
  for (const page of pages?.pages ?? []) {
    for (const item of page.items) if (!byId.has(item.id)) byId.set(item.id, item);
  }
  return [...byId.values()].toSorted(compare);
};
