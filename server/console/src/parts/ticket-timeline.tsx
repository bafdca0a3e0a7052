import type { TicketDetail } from '@fettle/shared/api/alert.schema';

import { Ago } from './ago.tsx';
import { NoteForm } from './note-form.tsx';
import { Panel } from './panel.tsx';

const Entry = ({ entry: { at, by, what, text, internal } }: { readonly entry: TicketDetail['timeline'][number] }) => (
  <li className="relative border-l border-line pb-4 pl-4 last:pb-3">
    <span aria-hidden className="absolute top-1.5 -left-1 size-2 rounded-full bg-edge" />
    <p>
      <span className="font-medium">{by}</span> <span className="text-muted">{what}</span>
      {internal ? <span className="text-muted"> (internal)</span> : null}
      <span className="text-muted">
        {' · '}
        <Ago at={at} suffix />
      </span>
    </p>
    {text === '' ? null : <p className="foreign mt-0.5 max-w-prose whitespace-pre-wrap">{text}</p>}
  </li>
);

/** What happened to the ticket, oldest first, and a field for the next note. */
export const TicketTimeline = ({ ticket }: { readonly ticket: TicketDetail }) => (
  <Panel title="Timeline">
    <ol className="px-4 pt-3">
      {ticket.timeline.map((entry, at) => (
        <Entry key={at} entry={entry} />
      ))}
    </ol>
    <NoteForm ticket={ticket} />
  </Panel>
);
