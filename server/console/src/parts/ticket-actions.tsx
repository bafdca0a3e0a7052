import type { TicketDetail } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useTake, useTicketCall } from '../actions.ts';
import { meQuery } from '../queries.ts';
import { Button } from './button.tsx';
import { AssignForm, ResolveForm, WaitForm } from './ticket-forms.tsx';
import { useMayChange } from './use-role.ts';

type Props = { readonly ticket: TicketDetail };

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

type DirectProps = Props & { readonly verb: string; readonly word: string; readonly done: string };

/** What needs no words. */
const DirectButton = ({ ticket, verb, word, done }: DirectProps) => {
  const call = useTicketCall();
  return (
    <Button disabled={call.isPending} onClick={() => call.mutate({ ticket, verb, body: {}, done })}>
      {word}
    </Button>
  );
};

const FORMS = { resolve: ResolveForm, assign: AssignForm, wait: WaitForm } as const;
type FormName = keyof typeof FORMS;

const OpenActions = ({ ticket, onForm }: Props & { readonly onForm: (form: FormName) => void }) => (
  <>
    <TakeButton ticket={ticket} />
    <Button onClick={() => onForm('assign')}>Assign…</Button>
    {ticket.wait === null ? (
      <Button onClick={() => onForm('wait')}>Wait…</Button>
    ) : (
      <DirectButton ticket={ticket} verb="continue" word="End the wait" done="goes on" />
    )}
    <Button onClick={() => onForm('resolve')}>Resolve…</Button>
  </>
);

const Actions = ({ ticket, onForm }: Props & { readonly onForm: (form: FormName) => void }) => {
  if (ticket.state === 'closed')
    return <p className="text-muted">It is closed: if it comes again, that is a new one.</p>;
  if (ticket.state !== 'resolved') return <OpenActions ticket={ticket} onForm={onForm} />;
  return <DirectButton ticket={ticket} verb="reopen" word="Reopen" done="is open again" />;
};

/** A form that is open stays, whatever others do with the ticket meanwhile. */
export const TicketActions = ({ ticket }: Props) => {
  const [open, setOpen] = useState<FormName | null>(null);
  const Form = open === null ? null : FORMS[open];
  const mayChange = useMayChange();
  return (
    <div className="border-t border-line p-3">
      {!mayChange ? <p className="text-muted">You see it, and cannot change it: your role is viewer.</p> : null}
      {mayChange && Form ? <Form ticket={ticket} onLeave={() => setOpen(null)} /> : null}
      {mayChange && !Form ? (
        <div className="flex flex-wrap gap-2">
          <Actions ticket={ticket} onForm={setOpen} />
        </div>
      ) : null}
    </div>
  );
};
