// What belongs to a ticket: what was said and done, with what it means to the clocks; its links; the time that was spent.
import type { TicketLink } from '@fettle/shared/api/alert.schema';

import type { TicketFact } from '../domain/sla/phases.ts';
import type { FactualNote } from '../domain/ticket/facts.ts';
import type { TicketNote } from '../domain/ticket/ticket.ts';
import type { Db } from './database.ts';
import { fromJson } from './table.ts';

export type KeptNote = Pick<TicketNote, 'by' | 'what' | 'text'> & {
  readonly atMs: number;
  readonly isInternal: boolean;
};
type NoteRow = Omit<KeptNote, 'isInternal'> & { readonly isInternal: number };
type FactRow = Omit<FactualNote, 'facts'> & { readonly facts: string | null };
export type NewNote = { readonly atMs: number; readonly note: TicketNote; readonly facts: readonly TicketFact[] };
export type LinkedTicket = { readonly ticket: string; readonly number: string; readonly link: TicketLink };

export const ticketHistory = (db: Db) => {
  const addNote = db.prepare<[string, number, string, string, string, number, string]>(
    'INSERT INTO ticket_notes (ticket, at_ms, by, what, text, is_internal, facts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const notes = db.prepare<[string], NoteRow>(
    'SELECT at_ms AS atMs, by, what, text, is_internal AS isInternal FROM ticket_notes WHERE ticket = ? ORDER BY id',
  );
  const facts = db.prepare<[string], FactRow>(
    `SELECT at_ms AS atMs, by, what, facts FROM ticket_notes
     WHERE ticket = ? AND (facts IS NULL OR facts <> '[]') ORDER BY id`,
  );
  const link = db.prepare<[string, string, TicketLink]>(
    'INSERT INTO ticket_links (ticket, other, link) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const unlink = db.prepare<[string, string, TicketLink]>(
    'DELETE FROM ticket_links WHERE ticket = ? AND other = ? AND link = ?',
  );
  const links = db.prepare<[string], LinkedTicket>(
    `SELECT l.other AS ticket, t.number, l.link FROM ticket_links l JOIN tickets t ON t.id = l.other
     WHERE l.ticket = ? ORDER BY l.link, t.created_ms`,
  );
  const addTime = db.prepare<[string, number, string, number]>(
    'INSERT INTO ticket_times (ticket, at_ms, by, minutes) VALUES (?, ?, ?, ?)',
  );
  const minutes = db
    .prepare<[string], number>('SELECT coalesce(sum(minutes), 0) FROM ticket_times WHERE ticket = ?')
    .pluck();
  return {
    addNote: (ticket: string, { atMs, note, facts: told }: NewNote): void => {
      const { by, what, text, isInternal = false } = note;
      addNote.run(ticket, atMs, by, what, text, Number(isInternal), JSON.stringify(told));
    },
    notes: (ticket: string): readonly KeptNote[] =>
      notes.all(ticket).map((note) => ({ ...note, isInternal: note.isInternal === 1 })),
    /** Those that may concern its clocks, in their order. */
    facts: (ticket: string): readonly FactualNote[] =>
      facts
        .all(ticket)
        .map((note) => ({ ...note, facts: note.facts === null ? null : fromJson<TicketFact[]>(note.facts) })),
    link: (ticket: string, other: string, how: TicketLink): void => void link.run(ticket, other, how),
    unlink: (ticket: string, other: string, how: TicketLink): void => void unlink.run(ticket, other, how),
    links: (ticket: string): readonly LinkedTicket[] => links.all(ticket),
    addTime: (ticket: string, atMs: number, by: string, spent: number): void =>
      void addTime.run(ticket, atMs, by, spent),
    minutesSpent: (ticket: string): number => minutes.get(ticket) ?? 0,
  };
};
