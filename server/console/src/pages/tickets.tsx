import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { SearchX, Ticket } from 'lucide-react';

import { mostUrgentFirst } from '../order.ts';
import { Choices, ListHead, countText } from '../parts/filter-bar.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { ListPanel } from '../parts/list-panel.tsx';
import { Empty } from '../parts/states.tsx';
import { TicketTable } from '../parts/ticket-table.tsx';
import { useTitle } from '../parts/title.ts';
import { inOrder } from '../patch.ts';
import { ticketsQuery } from '../queries.ts';
import { matchesText, ticketStatesOf } from '../search.ts';

const stateChoices = [
  ['To do', undefined],
  ['Done', 'resolved'],
  ['All', 'all'],
] as const;

const Filters = () => {
  const search = useSearch({ from: '/shell/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  return (
    <>
      <Choices
        label="State"
        options={stateChoices}
        chosen={search.state}
        link={(state, props, word) => (
          <Link key={word} to="/tickets" search={{ ...search, state }} {...props}>
            {word}
          </Link>
        )}
      />
      <FilterField
        label="Filter tickets"
        value={search.q ?? ''}
        onChange={(text) => void navigate({ search: (now) => ({ ...now, q: text }), replace: true })}
      />
    </>
  );
};

const NoTickets = () => {
  const { state, q } = useSearch({ from: '/shell/tickets' });
  return state !== undefined || q !== undefined ? (
    <Empty icon={SearchX} title="No ticket matches">
      <Link to="/tickets" search={{}} className="link font-medium text-accent">
        Show all tickets to do
      </Link>
    </Empty>
  ) : (
    <Empty icon={Ticket} title="Nothing to do">
      Alerts that need work open a ticket by themselves. The{' '}
      <Link to="/rules" className="link font-medium text-accent">
        rules
      </Link>{' '}
      say which.
    </Empty>
  );
};

const useTickets = () => {
  const { state, q } = useSearch({ from: '/shell/tickets' });
  const list = useInfiniteQuery(ticketsQuery({ states: ticketStatesOf(state), device: null }));
  const tickets = inOrder(list.data, mostUrgentFirst).filter((ticket) =>
    matchesText(q, [ticket.number, ticket.subject, ticket.deviceName ?? '', ticket.assignee ?? '', ticket.priority]),
  );
  return { list, tickets };
};

export const TicketsPage = () => {
  useTitle('Tickets');
  const { list, tickets } = useTickets();
  return (
    <>
      <ListHead title="Tickets" count={countText(list.isSuccess, tickets.length, list.hasNextPage)}>
        <Filters />
      </ListHead>
      <ListPanel list={list} isEmpty={tickets.length === 0} empty={<NoTickets />}>
        <TicketTable tickets={tickets} />
      </ListPanel>
    </>
  );
};
