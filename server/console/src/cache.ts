// Puts a changed thing wherever the page holds it: the lists that it belongs to, and its own page.
import type { AlertView, TicketDetail, TicketView } from '@fettle/shared/api/alert.schema';
import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import type { QueryClient } from '@tanstack/react-query';

import {
  type Readings,
  isOlder,
  patchAlerts,
  patchDevices,
  patchReadings,
  patchStale,
  patchTicket,
  patchTicketAlerts,
  patchTickets,
} from './patch.ts';
import {
  type AlertPages,
  type DevicePages,
  type TicketPages,
  alertQuery,
  deviceQuery,
  ticketQuery,
} from './queries.ts';

type DeviceEvent = Extract<FeedEvent, { readonly kind: 'device' }>;

export const putAlert = (client: QueryClient, alert: AlertView): void => {
  client.setQueryData(
    alertQuery(alert.id).queryKey,
    (held: AlertView | undefined) => held && (isOlder(alert, held) ? held : alert),
  );
  client.setQueriesData<AlertPages>({ queryKey: ['alerts', 'list'] }, (pages) => pages && patchAlerts(pages, alert));
  client.setQueriesData<TicketDetail>(
    { queryKey: ['tickets', 'one'] },
    (detail) => detail && patchTicketAlerts(detail, alert),
  );
};

export const putTicket = (client: QueryClient, ticket: TicketView): void => {
  client.setQueriesData<TicketPages>(
    { queryKey: ['tickets', 'list'] },
    (pages) => pages && patchTickets(pages, ticket),
  );
  client.setQueryData(ticketQuery(ticket.id).queryKey, (detail: TicketDetail | undefined) =>
    detail === undefined ? detail : patchTicket(detail, ticket),
  );
};

export const putDevice = (client: QueryClient, event: DeviceEvent): void => {
  client.setQueriesData<DevicePages>({ queryKey: ['devices', 'list'] }, (pages) => pages && patchDevices(pages, event));
  client.setQueryData(deviceQuery(event.device).queryKey, (detail: DeviceDetail | undefined) =>
    detail === undefined ? detail : { ...detail, ...event.view },
  );
  client.setQueriesData<AlertPages>(
    { queryKey: ['alerts', 'list'] },
    (pages) => pages && patchStale(pages, event.view),
  );
};

export const putReadings = (client: QueryClient, byDevice: ReadonlyMap<string, Readings>): void => {
  client.setQueriesData<DevicePages>(
    { queryKey: ['devices', 'list'] },
    (pages) => pages && patchReadings(pages, byDevice),
  );
};
