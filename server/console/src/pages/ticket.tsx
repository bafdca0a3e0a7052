import type { TicketDetail } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { ApiError } from '../api.ts';
import { Ago } from '../parts/ago.tsx';
import { AlertTable } from '../parts/alert-table.tsx';
import { AlertWork } from '../parts/alert-work.tsx';
import { Panel } from '../parts/panel.tsx';
import { Failure, Waiting } from '../parts/states.tsx';
import { StepChecklist } from '../parts/step-checklist.tsx';
import { TicketActions } from '../parts/ticket-actions.tsx';
import { TicketClocks } from '../parts/ticket-clocks.tsx';
import { PriorityTag, TicketStateTag } from '../parts/ticket-tags.tsx';
import { TicketTimeline } from '../parts/ticket-timeline.tsx';
import { useTitle } from '../parts/title.ts';
import { ticketQuery } from '../queries.ts';
import { MissingPage } from './missing.tsx';

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="flex justify-between gap-4 border-t border-line py-1.5 first:border-0">
    <dt className="text-muted">{label}</dt>
    <dd className="foreign text-right">{children}</dd>
  </div>
);

const Facts = ({ ticket }: { readonly ticket: TicketDetail }) => (
  <dl className="px-3 py-1.5">
    <Fact label="State">
      <TicketStateTag state={ticket.state} />
    </Fact>
    <Fact label="Priority">
      <PriorityTag priority={ticket.priority} />
    </Fact>
    {ticket.device === null ? null : (
      <Fact label="Device">
        <Link to="/devices/$id" params={{ id: ticket.device }} className="link font-medium">
          {ticket.deviceName}
        </Link>
      </Fact>
    )}
    {ticket.instance === '' ? null : (
      <Fact label="On">
        <span className="font-mono text-xs">{ticket.instance}</span>
      </Fact>
    )}
    {ticket.rule === '' ? null : (
      <Fact label="Rule">
        <span className="font-mono text-xs">{ticket.rule}</span>
      </Fact>
    )}
    {ticket.requester === null ? null : <Fact label="Asked for by">{ticket.requester}</Fact>}
    {ticket.category === null ? null : <Fact label="Category">{ticket.category}</Fact>}
    <Fact label="Assignee">{ticket.assignee ?? 'Nobody'}</Fact>
    <Fact label="Opened">
      <Ago at={ticket.since} suffix />
    </Fact>
    <Fact label="Changed">
      <Ago at={ticket.updatedAt} suffix />
    </Fact>
    {ticket.resolvedAt === null ? null : (
      <Fact label="Resolved">
        <Ago at={ticket.resolvedAt} suffix />
      </Fact>
    )}
    {ticket.reopened === 0 ? null : (
      <Fact label="Reopened">
        {ticket.reopened} {ticket.reopened === 1 ? 'time' : 'times'}
      </Fact>
    )}
  </dl>
);

const Content = ({ ticket }: { readonly ticket: TicketDetail }) => (
  <>
    <header className="mb-3">
      <p className="text-muted">{ticket.number}</p>
      <h1 className="foreign text-lg font-semibold">{ticket.subject}</h1>
    </header>
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="space-y-3 lg:order-last">
        <Panel title="Ticket">
          <Facts ticket={ticket} />
          <TicketClocks ticket={ticket} />
          <TicketActions ticket={ticket} />
        </Panel>
      </div>
      <div className="min-w-0 space-y-3">
        {ticket.body === '' ? null : (
          <Panel>
            <p className="foreign max-w-prose p-3 text-base whitespace-pre-wrap">{ticket.body}</p>
          </Panel>
        )}
        <StepChecklist ticket={ticket.id} steps={ticket.steps} />
        {ticket.alerts.length === 0 ? null : (
          <AlertWork alerts={ticket.alerts}>
            <Panel title="Alerts">
              <AlertTable alerts={ticket.alerts} without="ticket" />
            </Panel>
          </AlertWork>
        )}
        <TicketTimeline ticket={ticket} />
      </div>
    </div>
  </>
);

export const TicketPage = () => {
  const { id } = useParams({ from: '/shell/tickets/$id' });
  const ticket = useQuery(ticketQuery(id));
  useTitle(ticket.data?.number ?? 'Ticket');
  if (ticket.data !== undefined) return <Content key={id} ticket={ticket.data} />;
  if (ticket.error instanceof ApiError && ticket.error.status === 404) return <MissingPage />;
  if (ticket.isError) return <Failure error={ticket.error} onRetry={() => void ticket.refetch()} />;
  return <Waiting rows={10} />;
};
