// What can be done with a ticket: a route per act, each answered with the ticket as it is after it.
import { ticketDetail as detailSchema } from '@fettle/shared/api/alert.schema';
import { ticketChange, ticketNote } from '@fettle/shared/api/common.schema';
import {
  ticketAssignment,
  ticketComment,
  ticketFiling,
  ticketLeaving,
  ticketLinking,
  ticketMerge,
  ticketTime,
  ticketWait,
} from '@fettle/shared/api/ticket.schema';
import { z } from 'zod';

import type { TicketAct } from '../domain/ticket/decide.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, ofChanger } from './routes.ts';
import { ticketDetail } from './ticket-detail.ts';

type Route<B extends z.ZodType> = {
  readonly verb: string;
  readonly operationId: string;
  readonly summary: string;
  readonly body: B;
  readonly act: (body: z.output<B>) => TicketAct;
};

const route = <B extends z.ZodType>(one: Route<B>) => one;
const versioned = ticketChange.pick({ version: true });
const msOf = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
const msOrNull = (instant: string | null): number | null => (instant === null ? null : msOf(instant));

const take = route({
  verb: 'take',
  operationId: 'takeTicket',
  summary: 'Take a ticket',
  body: ticketChange,
  act: () => ({ do: 'take' }),
});
const assign = route({
  verb: 'assign',
  operationId: 'assignTicket',
  summary: 'Give a ticket to somebody',
  body: ticketAssignment,
  act: ({ to }) => ({ do: 'assign', to }),
});
const note = route({
  verb: 'notes',
  operationId: 'noteTicket',
  summary: 'Add an internal note to a ticket',
  body: ticketNote,
  act: ({ text }) => ({ do: 'note', text }),
});
const comment = route({
  verb: 'comments',
  operationId: 'commentTicket',
  summary: 'Answer, or write down what the requester said',
  body: ticketComment,
  act: ({ text, from }) => ({ do: 'comment', text, from }),
});
const wait = route({
  verb: 'wait',
  operationId: 'waitTicket',
  summary: 'Let a ticket wait: the resolution clock pauses',
  body: ticketWait,
  act: ({ for: what, until, reason }) => ({ do: 'wait', wait: { for: what, untilMs: msOrNull(until), reason } }),
});
const goOn = route({
  verb: 'continue',
  operationId: 'continueTicket',
  summary: 'End the wait of a ticket',
  body: versioned,
  act: () => ({ do: 'continue' }),
});
const resolve = route({
  verb: 'resolve',
  operationId: 'resolveTicket',
  summary: 'Resolve a ticket',
  body: ticketChange,
  act: ({ note: text = 'Resolved.' }) => ({ do: 'resolve', text }),
});
const leave = route({
  verb: 'leave',
  operationId: 'leaveTicket',
  summary: 'Leave a problem as it is until a date: no ticket opens for it before that',
  body: ticketLeaving,
  act: ({ until, note: text }) => ({ do: 'leave', untilMs: msOf(until), text }),
});
const close = route({
  verb: 'close',
  operationId: 'closeTicket',
  summary: 'Close a resolved ticket',
  body: versioned,
  act: () => ({ do: 'close' }),
});
const reopen = route({
  verb: 'reopen',
  operationId: 'reopenTicket',
  summary: 'Reopen a resolved ticket',
  body: ticketChange,
  act: ({ note: text = 'Reopened.' }) => ({ do: 'reopen', text }),
});
const file = route({
  verb: 'file',
  operationId: 'fileTicket',
  summary: 'Change priority, category or subject of a ticket',
  body: ticketFiling,
  act: ({ version: _version, ...filing }) => ({ do: 'file', filing: given(filing) }),
});
const time = route({
  verb: 'time',
  operationId: 'spendTimeOnTicket',
  summary: 'Write down time spent on a ticket',
  body: ticketTime,
  act: ({ minutes, note: text }) => ({ do: 'spend time', minutes, text }),
});
const link = route({
  verb: 'link',
  operationId: 'linkTicket',
  summary: 'Link a ticket to another one of its tenant',
  body: ticketLinking,
  act: (body) => ({ do: 'link', ...body }),
});
const unlink = route({
  verb: 'unlink',
  operationId: 'unlinkTicket',
  summary: 'Take a link away',
  body: ticketLinking,
  act: (body) => ({ do: 'unlink', ...body }),
});
const merge = route({
  verb: 'merge',
  operationId: 'mergeTicket',
  summary: 'Merge a ticket into another: it closes, its alerts move',
  body: ticketMerge,
  act: ({ into }) => ({ do: 'merge', into }),
});

type Filing = Extract<TicketAct, { readonly do: 'file' }>['filing'];

/** What was not sent is not changed. */
const given = ({ priority, category, subject }: { readonly [K in keyof Filing]?: Filing[K] | undefined }): Filing => ({
  ...(priority === undefined ? {} : { priority }),
  ...(category === undefined ? {} : { category }),
  ...(subject === undefined ? {} : { subject }),
});

export const ticketActRoutes = (app: Routes, api: Api): void => {
  const add = adder(app, api);
  add(take);
  add(assign);
  add(note);
  add(comment);
  add(wait);
  add(goOn);
  add(resolve);
  add(leave);
  add(close);
  add(reopen);
  add(file);
  add(time);
  add(link);
  add(unlink);
  add(merge);
};

const sentVersion = z.object({ version: z.int() });

const adder =
  (app: Routes, api: Api) =>
  <B extends z.ZodType>({ verb, operationId, summary, body, act }: Route<B>): void => {
    const schema = { ...about('tickets', operationId, summary), params: byId, body, response: answers(detailSchema) };
    app.post(`/api/v1/tickets/:id/${verb}`, { config: ofChanger, schema }, async (request) => {
      const { id: ticket } = byId.parse(request.params);
      const version = sentVersion.safeParse(request.body).data?.version ?? null;
      const asked = act(body.parse(request.body));
      await commitOrThrow(api, { type: 'act on ticket', actor: actorOf(request), ticket, version, act: asked });
      return ticketDetail(api, request, ticket);
    });
  };
