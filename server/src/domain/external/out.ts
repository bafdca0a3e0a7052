// What a system that can only be told is told of a ticket: as mails of one thread, or as JSON.
import type { TicketState } from '@fettle/shared/api/alert.schema';

import { type ThereNote, type ThereTicket, type TicketCopy, subjectOf } from './external.ts';

/** What has happened, and the key by which whoever takes it knows that they have had it before. */
export type Told =
  | { readonly is: 'opened'; readonly key: string; readonly copy: TicketCopy }
  | { readonly is: 'noted'; readonly key: string; readonly copy: TicketCopy; readonly note: ThereNote }
  | { readonly is: 'state'; readonly key: string; readonly copy: TicketCopy; readonly state: TicketState };

export const openedTold = (key: string, copy: TicketCopy): Told => ({ is: 'opened', key, copy });

export const notedTold = ({ copy }: ThereTicket, note: ThereNote): Told => ({ is: 'noted', key: note.key, copy, note });

/** One that comes to the same state again is of another version by then. */
export const stateTold = ({ key, copy }: ThereTicket, state: TicketState): Told => ({
  is: 'state',
  key: `${key}/state/${copy.version}`,
  copy,
  state,
});

/** A key as an id of a mail may be: dots and letters, https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3 */
export const mailKeyOf = (key: string): string => key.replaceAll(/[^A-Za-z0-9_-]+/g, '.');

const linkTo = ({ id }: TicketCopy, url: string): string => `${url}/tickets/${id}`;

/** The subject stays the same, but that all after the first are answers to it: helpdesks thread by that, too. */
export const mailOf = (told: Told, url: string): { readonly subject: string; readonly text: string } => {
  const { copy } = told;
  const subject = subjectOf(copy);
  const foot = `Ticket ${copy.number} of Fettle: ${linkTo(copy, url)}`;
  return {
    subject: told.is === 'opened' ? subject : `Re: ${subject}`,
    text: `${textOf(told)}\n\n${foot}\n`,
  };
};

const textOf = (told: Told): string => {
  switch (told.is) {
    case 'opened':
      return told.copy.body;
    case 'noted':
      return told.note.text;
    case 'state':
      return `${told.copy.number} is ${told.state} now.`;
  }
};

/** Described for whoever takes it in notice/RECEIVERS.md. */
export const payloadOf = (told: Told, url: string) => {
  const { id, number, subject, body, state } = told.copy;
  return {
    version: '1',
    event: `ticket.${told.is}`,
    key: told.key,
    ticket: { id, number, subject, body, state: told.is === 'state' ? told.state : state, url: linkTo(told.copy, url) },
    note: told.is === 'noted' ? { text: told.note.text, isInternal: told.note.isInternal } : null,
  };
};
