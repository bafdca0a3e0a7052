import type { TicketDetail, WaitFor } from '@fettle/shared/api/alert.schema';
import { type ReactNode, useState } from 'react';

import { type TicketForm, useTicketForm } from '../ticket-form.ts';
import { ActForm, FIELD, Field, MomentField, PersonField, Refused, TextField, instantIn } from './act-form.tsx';
import { LONGEST_NOTE, TEXT_AREA } from './note-form.tsx';

type Props = { readonly ticket: TicketDetail; readonly onLeave: () => void };

/** What others did while the form was open. */
const News = ({ ticket, news }: { readonly ticket: TicketDetail; readonly news: NonNullable<TicketForm['news']> }) => (
  <Refused>
    <p>This ticket was changed while you wrote. Nothing of yours is lost:</p>
    <ul className="list-disc pl-5">
      {news.map(({ at, by, what, text }) => (
        <li key={`${at} ${by} ${what}`} className="line-clamp-3">
          {by} {what}
          {text === '' ? '' : `: ${text}`}
        </li>
      ))}
      <li>
        now it is {ticket.state}, {ticket.assignee === null ? 'of nobody' : `of ${ticket.assignee}`}
      </li>
    </ul>
    <p>Send it again if it still holds.</p>
  </Refused>
);

type FormProps = Props & {
  readonly verb: string;
  readonly isReady: boolean;
  readonly form: TicketForm;
  readonly onSend: () => void;
  readonly children: ReactNode;
};

const Form = ({ ticket, verb, isReady, form, onSend, onLeave, children }: FormProps) => (
  <ActForm
    verb={form.news === null ? verb : `${verb} all the same`}
    isReady={isReady}
    isPending={form.isPending}
    onSend={onSend}
    onLeave={onLeave}
  >
    {children}
    {form.news === null ? null : <News ticket={ticket} news={form.news} />}
    {form.refusal === null ? null : <Refused>{form.refusal}</Refused>}
  </ActForm>
);

export const ResolveForm = ({ ticket, onLeave }: Props) => {
  const [note, setNote] = useState('');
  const form = useTicketForm(ticket, onLeave);
  const text = note.trim();
  const send = (): void => form.send({ verb: 'resolve', body: text === '' ? {} : { note: text }, done: 'is resolved' });
  return (
    <Form ticket={ticket} verb="Resolve" isReady form={form} onSend={send} onLeave={onLeave}>
      <Field label="What was done (optional)">
        <textarea
          className={TEXT_AREA}
          rows={3}
          maxLength={LONGEST_NOTE}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
    </Form>
  );
};

export const AssignForm = ({ ticket, onLeave }: Props) => {
  const [to, setTo] = useState(ticket.assignee ?? '');
  const form = useTicketForm(ticket, onLeave);
  const send = (): void => form.send({ verb: 'assign', body: { to }, done: `is assigned to ${to}` });
  return (
    <Form ticket={ticket} verb="Assign" isReady={to !== ''} form={form} onSend={send} onLeave={onLeave}>
      <PersonField tenant={ticket.tenant} value={to} onChange={setTo} />
    </Form>
  );
};

const WORDS: Readonly<Record<WaitFor, string>> = {
  customer: 'The customer',
  vendor: 'A vendor',
  scheduled: 'A date',
  hold: 'On hold',
};
/** In this order. The schemas of the API would bring their whole library into the page. */
const WAITS: readonly WaitFor[] = ['customer', 'vendor', 'scheduled', 'hold'];

const LONGEST_REASON = 1_000;

/** The server says what is missing; what is plain is said here. */
export const WaitForm = ({ ticket, onLeave }: Props) => {
  const [what, setWhat] = useState<WaitFor>('customer');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const form = useTicketForm(ticket, onLeave);
  const isReady = (what !== 'scheduled' || until !== '') && (what !== 'hold' || reason.trim() !== '');
  const send = (): void =>
    form.send({ verb: 'wait', body: { for: what, until: instantIn(until), reason: reason.trim() }, done: 'waits' });
  return (
    <Form ticket={ticket} verb="Wait" isReady={isReady} form={form} onSend={send} onLeave={onLeave}>
      <Field label="For">
        <select
          className={FIELD}
          value={what}
          onChange={({ currentTarget }) => setWhat(WAITS.find((one) => one === currentTarget.value) ?? 'customer')}
        >
          {WAITS.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      </Field>
      <MomentField
        label={what === 'scheduled' ? 'Until' : 'Until, at the latest (optional)'}
        value={until}
        onChange={setUntil}
      />
      <TextField
        label={what === 'hold' ? 'Why' : 'Why (optional)'}
        value={reason}
        maxLength={LONGEST_REASON}
        onChange={setReason}
      />
    </Form>
  );
};
