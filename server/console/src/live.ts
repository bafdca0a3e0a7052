// The feed's messages on their way into the lists: a few times a second, together. What an event leaves out is fetched
// a little later, once for all events of that time.
import type { FeedEvent, FeedMessage } from '@fettle/shared/api/feed.schema';
import { type Clock, SECOND_MS } from '@fettle/shared/time';
import type { QueryClient, QueryKey } from '@tanstack/react-query';

import type { Announcer } from './announce.ts';
import { putAlert, putDevice, putReadings, putTicket } from './cache.ts';
import { Feed, type FeedState, type OpenSocket, type Watch } from './feed.ts';
import type { Readings } from './patch.ts';
import { latestQuery, meQuery, serverQuery } from './queries.ts';
import { type Store, createStore } from './store.ts';

const FLUSH_MS = SECOND_MS / 4;
const REFRESH_MS = 4 * SECOND_MS;

export type LiveOptions = {
  readonly client: QueryClient;
  readonly clock: Clock;
  readonly open: OpenSocket;
  readonly announcer: Announcer;
};

/** Runs at most once per `everyMs`, with all keys that were added since. */
const createRefresher = ({ client, clock }: LiveOptions, everyMs: number) => {
  const keys = new Map<string, QueryKey>();
  const run = (): void => {
    for (const queryKey of keys.values()) void client.invalidateQueries({ queryKey });
    keys.clear();
  };
  return (queryKey: QueryKey): void => {
    if (keys.size === 0) clock.after(everyMs, run);
    keys.set(JSON.stringify(queryKey), queryKey);
  };
};

/** What to fetch because the event does not carry it, or because a fetch under way may be older than the event. */
const leftOut = (client: QueryClient, event: FeedEvent): readonly QueryKey[] => {
  const list: QueryKey = [`${event.kind}s`, 'list'];
  const keys = client.isFetching({ queryKey: list }) > 0 ? [list] : [];
  if (event.kind === 'alert') return [...keys, ['devices'], ['rules'], ['alerts', 'explain', event.alert.id]];
  if (event.kind === 'ticket' || event.kind === 'sla') return [...keys, ['tickets', 'one', event.ticket.id]];
  return [...keys, ['devices', 'one', event.device], ['maintenance']];
};

const put = (client: QueryClient, event: FeedEvent): void => {
  if (event.kind === 'alert') putAlert(client, event.alert);
  else if (event.kind === 'ticket' || event.kind === 'sla') putTicket(client, event.ticket);
  else if (event.kind === 'device') putDevice(client, event);
};

/** A tab in the background wakes rarely: more events than this are not worth the wait, and the lists are fetched anew. */
const MOST_WAITING = 2_000;

const createInbox = (options: LiveOptions) => {
  const { client, clock, announcer } = options;
  const refreshSoon = createRefresher(options, REFRESH_MS);
  const readings = new Map<string, Readings>();
  let latest: Extract<FeedMessage, { readonly type: 'latest' }> | null = null;
  let events: FeedEvent[] = [];
  let isDue = false;

  const takeEvent = (event: FeedEvent): void => {
    for (const key of leftOut(client, event)) refreshSoon(key);
    put(client, event);
    announcer.hear(event);
  };

  const fetchAnew = (): void => {
    events = [];
    void client.invalidateQueries();
  };

  const flush = (): void => {
    isDue = false;
    for (const event of events) takeEvent(event);
    if (readings.size > 0) putReadings(client, readings);
    if (latest !== null) client.setQueryData(latestQuery(latest.device).queryKey, latest.latest);
    events = [];
    readings.clear();
    latest = null;
  };

  const take = (message: FeedMessage): void => {
    if (message.type === 'event') events.push(message.event);
    else if (message.type === 'readings') readings.set(message.device, message.readings);
    else if (message.type === 'latest') latest = message;
    else if (message.type === 'hello') client.setQueryData(serverQuery.queryKey, message.server);
    else if (message.type === 'snapshot') fetchAnew();
  };

  return (message: FeedMessage): void => {
    take(message);
    if (events.length > MOST_WAITING) fetchAnew();
    if (!isDue) clock.after(FLUSH_MS, flush);
    isDue = true;
  };
};

export type Live = {
  readonly state: Store<FeedState>;
  readonly start: (afterSeq: number) => void;
  readonly stop: () => void;
  readonly watch: (watch: Watch) => void;
  readonly retryNow: () => void;
};

export const createLive = (options: LiveOptions): Live => {
  const { client, clock, open } = options;
  const state = createStore<FeedState>({ kind: 'starting' });
  const onMessage = createInbox(options);
  const onRetry = (): void => void client.invalidateQueries({ queryKey: meQuery.queryKey });
  let feed: Feed | null = null;
  let wanted: Watch = { devices: [], detail: null };
  return {
    state,
    start: (afterSeq) => {
      feed ??= new Feed({ open, clock, random: Math.random, onState: state.set, onMessage, onRetry }, afterSeq);
      feed.watch(wanted);
    },
    stop: () => {
      feed?.stop();
      feed = null;
    },
    watch: (watch) => {
      wanted = watch;
      feed?.watch(watch);
    },
    retryNow: () => feed?.retryNow(),
  };
};
