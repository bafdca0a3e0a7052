// What the pages ask the server for. Each page of a list carries the filter it was asked with, so that events of the
// feed can be sorted into it.
import type { Severity } from '@fettle/shared/alert/alert';
import type { AbsenceView } from '@fettle/shared/api/absence.schema';
import type { AlertState, AlertView, TicketDetail, TicketState, TicketView } from '@fettle/shared/api/alert.schema';
import type { Me, RuleView } from '@fettle/shared/api/common.schema';
import type { DeviceDetail, DeviceView, LatestView, SeriesView } from '@fettle/shared/api/device.schema';
import type { ServerInfo } from '@fettle/shared/api/feed.schema';
import type { NoticeView } from '@fettle/shared/api/notice.schema';
import type { ServerHealth } from '@fettle/shared/api/server-health.schema';
import type { MetricName } from '@fettle/shared/metric/catalog';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { type InfiniteData, infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { getJson } from './api.ts';
import type { Range } from './search.ts';

export type AlertFilter = {
  readonly states: readonly AlertState[];
  readonly severity: Severity | null;
  readonly device: string | null;
  readonly rule: string | null;
};
export type TicketFilter = { readonly states: readonly TicketState[]; readonly device: string | null };
export type DeviceFilter = { readonly q: string };

type Cursor = string | null;
export type Page<T, F> = { readonly items: readonly T[]; readonly next: Cursor; readonly filter: F };
export type Pages<T, F> = InfiniteData<Page<T, F>>;
export type AlertPages = Pages<AlertView, AlertFilter>;
export type TicketPages = Pages<TicketView, TicketFilter>;
export type DevicePages = Pages<DeviceView, DeviceFilter>;

const PAGE_SIZE = 100;

type Params = Readonly<Record<string, string | readonly string[] | null>>;

const withParams = (path: string, params: Params): string => {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
  for (const [key, value] of Object.entries(params)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (typeof text === 'string' && text !== '') search.set(key, text);
  }
  return `${path}?${search}`;
};

const listQuery = <T, F extends Params>(name: string, filter: F, params: Params) =>
  infiniteQueryOptions({
    queryKey: [name, 'list', filter],
    queryFn: async ({ pageParam, signal }): Promise<Page<T, F>> => {
      const page = await getJson<Omit<Page<T, F>, 'filter'>>(
        withParams(`/${name}`, { ...params, cursor: pageParam }),
        signal,
      );
      return { ...page, filter };
    },
    initialPageParam: null as Cursor,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const alertsQuery = (filter: AlertFilter) =>
  listQuery<AlertView, AlertFilter>('alerts', filter, {
    state: filter.states,
    severity: filter.severity,
    device: filter.device,
    rule: filter.rule,
  });

export const ticketsQuery = (filter: TicketFilter) =>
  listQuery<TicketView, TicketFilter>('tickets', filter, { state: filter.states, device: filter.device });

export const devicesQuery = (filter: DeviceFilter) =>
  listQuery<DeviceView, DeviceFilter>('devices', filter, { q: filter.q });

/** Devices enrolled since then: what the feed tells of comes on top. */
export const arrivalsQuery = (since: string) =>
  listQuery<DeviceView, DeviceFilter & { readonly since: string }>('devices', { q: '', since }, { since });

/** The one list that every page has: what the number in the title counts. */
export const openCriticalFilter: AlertFilter = { states: ['open'], severity: 'critical', device: null, rule: null };

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getJson<Me>('/me', signal),
  staleTime: Infinity,
});

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => getJson<ServerHealth>('/server/health', signal),
  refetchInterval: MINUTE_MS,
});

/** Messages that reached nobody, the newest hundred; for the owner. */
export const deadNoticesQuery = queryOptions({
  queryKey: ['notices', 'dead'],
  queryFn: async ({ signal }) =>
    (await getJson<{ readonly items: readonly NoticeView[] }>('/notices?state=dead', signal)).items,
  refetchInterval: MINUTE_MS,
});

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => getJson<ServerInfo>('/server', signal),
  staleTime: Infinity,
});

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async ({ signal }) => (await getJson<{ readonly items: readonly RuleView[] }>('/rules', signal)).items,
});

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => getJson<AlertView>(`/alerts/${encodeURIComponent(id)}`, signal),
  });

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['tickets', 'one', id],
    queryFn: ({ signal }) => getJson<TicketDetail>(`/tickets/${encodeURIComponent(id)}`, signal),
  });

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['devices', 'one', id],
    queryFn: ({ signal }) => getJson<DeviceDetail>(`/devices/${encodeURIComponent(id)}`, signal),
  });

/** Under the key of the device: what makes that anew makes this anew. */
export const absencesQuery = (id: string) =>
  queryOptions({
    queryKey: ['devices', 'one', id, 'absences'],
    queryFn: async ({ signal }) =>
      (await getJson<{ readonly items: readonly AbsenceView[] }>(`/devices/${encodeURIComponent(id)}/absences`, signal))
        .items,
  });

export const latestQuery = (id: string) =>
  queryOptions({
    queryKey: ['latest', id],
    queryFn: ({ signal }) => getJson<LatestView>(`/devices/${encodeURIComponent(id)}/latest`, signal),
  });

const rangeMs: Readonly<Record<Range, number>> = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '14d': 14 * DAY_MS,
};

export type History = SeriesView & { readonly range: Range; readonly fromMs: number; readonly toMs: number };

const POINTS = 360;

const fetchHistory = async (path: string, range: Range, signal: AbortSignal): Promise<History> => {
  const toMs = Date.now();
  const fromMs = toMs - rangeMs[range];
  const window = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}&points=${POINTS}`;
  return { ...(await getJson<SeriesView>(`${path}&${window}`, signal)), range, fromMs, toMs };
};

/** The charts' past. Their present comes from the feed, and this is asked anew when that has added a few points. */
export const historyQuery = (id: string, range: Range, metrics: readonly MetricName[]) =>
  queryOptions({
    queryKey: ['history', id, range],
    queryFn: ({ signal }) =>
      fetchHistory(
        `/devices/${encodeURIComponent(id)}/series?${metrics.map((metric) => `metric=${metric}`).join('&')}`,
        range,
        signal,
      ),
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: Math.max(30 * SECOND_MS, rangeMs[range] / 100),
  });
