import type { TicketView } from '@fettle/shared/api/alert.schema';
import { Link } from '@tanstack/react-router';

import { Ago } from './ago.tsx';
import { PriorityTag, TicketStateTag } from './ticket-tags.tsx';

type RowProps = { readonly ticket: TicketView; readonly withDevice: boolean };

const TicketRow = ({ ticket, withDevice }: RowProps) => (
  <tr>
    <td className="md:w-28">
      <PriorityTag priority={ticket.priority} />
    </td>
    <td className="whitespace-nowrap text-muted md:w-24">{ticket.number}</td>
    <td className="foreign max-md:w-full">
      <Link data-row to="/tickets/$id" params={{ id: ticket.id }} className="link font-medium">
        {ticket.subject}
      </Link>
    </td>
    {withDevice ? (
      <td className="foreign md:w-44">
        {ticket.device === null ? null : (
          <Link to="/devices/$id" params={{ id: ticket.device }} className="link">
            {ticket.deviceName}
          </Link>
        )}
      </td>
    ) : null}
    <td className="md:w-28">
      <TicketStateTag state={ticket.state} />
    </td>
    <td className="md:w-32">{ticket.assignee ?? <span className="text-muted">Nobody</span>}</td>
    <td className="number md:w-16">
      <Ago at={ticket.since} />
    </td>
    <td className="number text-muted md:w-24">{ticket.reopened > 0 ? `× ${ticket.reopened}` : ''}</td>
  </tr>
);

type Props = { readonly tickets: readonly TicketView[]; readonly withDevice?: boolean };

export const TicketTable = ({ tickets, withDevice = true }: Props) => (
  <table className="list">
    <thead>
      <tr>
        <th>Priority</th>
        <th>Number</th>
        <th>Subject</th>
        {withDevice ? <th>Device</th> : null}
        <th>State</th>
        <th>Assignee</th>
        <th className="number">Age</th>
        <th className="number">Reopened</th>
      </tr>
    </thead>
    <tbody>
      {tickets.map((ticket) => (
        <TicketRow key={ticket.id} ticket={ticket} withDevice={withDevice} />
      ))}
    </tbody>
  </table>
);
