// A form about a ticket: it is sent with the version that was looked at. When somebody has changed the ticket meanwhile, it tells who
// did what and keeps what was typed; sent again, it is meant for the ticket as it is shown now.
import type { TicketDetail } from '@fettle/shared/api/alert.schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { keepTicket, pathOf } from './actions.ts';
import { ApiError, explain, getJson, postJson } from './api.ts';
import { useDeck } from './deck.ts';
import { type Entry, type Looked, newsSince } from './ticket-news.ts';

type Sent = { readonly verb: string; readonly body: object; readonly done: string };

const isChanged = (error: unknown): boolean => error instanceof ApiError && error.code === 'version_conflict';

export type TicketForm = {
  readonly send: (sent: Sent) => void;
  readonly isPending: boolean;
  /** What was changed by others since the form was opened, once that was in the way; null: nothing was. */
  readonly news: readonly Entry[] | null;
  /** Why it was refused otherwise. */
  readonly refusal: string | null;
};

export const useTicketForm = (ticket: TicketDetail, onLeave: () => void): TicketForm => {
  const client = useQueryClient();
  const { notices } = useDeck();
  const [looked] = useState<Looked>(ticket);
  const [now, setNow] = useState(ticket);
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ verb, body }: Sent) =>
      postJson<TicketDetail>(pathOf(ticket, verb), { version: now.version, ...body }),
    onSuccess: (detail, { done }) => {
      keepTicket(client, detail);
      notices.done(`${detail.number} ${done}.`);
      onLeave();
    },
    onError: async (refused) => {
      if (!isChanged(refused)) return;
      const detail = await getJson<TicketDetail>(`/tickets/${encodeURIComponent(ticket.id)}`);
      keepTicket(client, detail);
      setNow(detail);
    },
  });
  return {
    send: mutate,
    isPending,
    news: now.version === looked.version ? null : newsSince(looked, now),
    // the ticket as it is now may not have come either
    refusal: error === null || (isChanged(error) && now.version !== looked.version) ? null : explain(error),
  };
};
