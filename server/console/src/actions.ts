// What a technician can do. The page shows the outcome at once; a refusal takes it back and says what to do.
import type { AlertView, TicketDetail, TicketView } from '@fettle/shared/api/alert.schema';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';

import { explain, isConflict, postJson } from './api.ts';
import { putAlert, putTicket } from './cache.ts';
import { useDeck } from './deck.ts';
import type { Notices } from './notices.ts';
import { meQuery, ticketQuery } from './queries.ts';

export const useAck = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ id }: AlertView) => postJson<AlertView>(`/alerts/${encodeURIComponent(id)}/ack`),
    onMutate: (alert) => putAlert(client, { ...alert, state: 'acked' }),
    onSuccess: (alert) => putAlert(client, alert),
    onError: (error, alert) => {
      putAlert(client, alert);
      notices.failed(`Not acknowledged: ${alert.title} on ${alert.deviceName}. ${explain(error)}`);
    },
  });
};

export const keepTicket = (client: QueryClient, detail: TicketDetail): void => {
  client.setQueryData(ticketQuery(detail.id).queryKey, detail);
  putTicket(client, detail);
};

const takeBack = (client: QueryClient, notices: Notices, error: unknown, ticket: TicketView): void => {
  putTicket(client, ticket);
  void client.invalidateQueries({ queryKey: ['tickets'] });
  notices.failed(
    isConflict(error)
      ? `${ticket.number} was changed by someone else in the meantime. You now see it as it is; decide again.`
      : `${ticket.number} was not changed. ${explain(error)}`,
  );
};

export const pathOf = (ticket: TicketView, action: string): string =>
  `/tickets/${encodeURIComponent(ticket.id)}/${action}`;

export const useTake = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: (ticket: TicketView) => postJson<TicketDetail>(pathOf(ticket, 'take'), { version: ticket.version }),
    onMutate: (ticket) => {
      const assignee = client.getQueryData(meQuery.queryKey)?.name ?? null;
      putTicket(client, { ...ticket, state: 'open', assignee });
    },
    onSuccess: (detail) => keepTicket(client, detail),
    onError: (error, ticket) => takeBack(client, notices, error, ticket),
  });
};

/** A change that the page shows when the server has made it. */
type TicketCall = { readonly ticket: TicketView; readonly verb: string; readonly body: object; readonly done: string };

export const useTicketCall = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ ticket, verb, body }: TicketCall) =>
      postJson<TicketDetail>(pathOf(ticket, verb), { version: ticket.version, ...body }),
    onSuccess: (detail, { done }) => {
      keepTicket(client, detail);
      notices.done(`${detail.number} ${done}.`);
    },
    onError: (error, { ticket }) => takeBack(client, notices, error, ticket),
  });
};

/** A note is for technicians; an answer is for whoever asked, and stops the response clock. */
type Note = { readonly ticket: TicketView; readonly text: string; readonly isAnswer: boolean };

export const useAddNote = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ ticket, text, isAnswer }: Note) =>
      postJson<TicketDetail>(pathOf(ticket, isAnswer ? 'comments' : 'notes'), { text }),
    onSuccess: (detail) => keepTicket(client, detail),
    onError: (error, { ticket }) => notices.failed(`The note was not added to ${ticket.number}. ${explain(error)}`),
  });
};
