import type { TicketDetail } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useResolve, useTake } from '../actions.ts';
import { meQuery } from '../queries.ts';
import { Button } from './button.tsx';
import { LONGEST_NOTE, TEXT_AREA } from './note-form.tsx';

type Props = { readonly ticket: TicketDetail };

const ResolveForm = ({ ticket, onLeave }: Props & { readonly onLeave: () => void }) => {
  const [note, setNote] = useState('');
  const resolve = useResolve();
  return (
    <form
      className="space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        resolve.mutate({ ticket, note: note.trim() });
        onLeave();
      }}
    >
      <label className="block">
        <span className="mb-1 block font-medium">What was done (optional)</span>
        <textarea
          className={TEXT_AREA}
          rows={3}
          maxLength={LONGEST_NOTE}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <div className="flex gap-2">
        <Button type="submit" tone="strong">
          Resolve
        </Button>
        <Button onClick={onLeave}>Cancel</Button>
      </div>
    </form>
  );
};

const TakeButton = ({ ticket }: Props) => {
  const take = useTake();
  const { data: me } = useQuery(meQuery);
  const isMine = ticket.assignee !== null && ticket.assignee === me?.name;
  if (isMine) return null;
  return (
    <Button tone="strong" disabled={take.isPending} onClick={() => take.mutate(ticket)}>
      {ticket.assignee === null ? 'Take' : `Take from ${ticket.assignee}`}
    </Button>
  );
};

export const TicketActions = ({ ticket }: Props) => {
  const [isResolving, setResolving] = useState(false);
  if (ticket.state === 'resolved' || ticket.state === 'closed') return null;
  return (
    <div className="border-t border-line p-3">
      {isResolving ? (
        <ResolveForm ticket={ticket} onLeave={() => setResolving(false)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <TakeButton ticket={ticket} />
          <Button onClick={() => setResolving(true)}>Resolve…</Button>
        </div>
      )}
    </div>
  );
};
