// What a change of a ticket means to its clocks: read off what it was and what it is, so that no change can forget to say it.
import type { WaitFor } from '@fettle/shared/api/alert.schema';

import type { DatedFact, TicketFact } from '../sla/phases.ts';
import { OWN_NAME, type Ticket, type TicketNote, isOpenTicket } from './ticket.ts';

/** @param before undefined for a new one */
export const factsOf = (
  before: Ticket | undefined,
  after: Ticket,
  note: TicketNote | undefined,
): readonly TicketFact[] => {
  if (!before) return [{ is: 'opened', priority: after.priority }];
  return [
    ...(note?.isAnswer ? [{ is: 'answered' } as const] : []),
    ...(before.priority === after.priority ? [] : [{ is: 'priority', priority: after.priority } as const]),
    ...stateFacts(before, after, note),
  ];
};

const stateFacts = (before: Ticket, after: Ticket, note: TicketNote | undefined): readonly TicketFact[] => {
  if (after.mergedInto !== null) return before.mergedInto === null ? [{ is: 'merged' }] : [];
  const [wasOpen, isOpen] = [isOpenTicket(before), isOpenTicket(after)];
  if (wasOpen && !isOpen) return [{ is: 'resolved', by: note?.by === OWN_NAME ? 'itself' : 'person' }];
  if (!isOpen) return [];
  return wasOpen ? waitFacts(before.wait?.for, after.wait?.for) : [{ is: 'reopened' }];
};

const waitFacts = (was: WaitFor | undefined, is: WaitFor | undefined): readonly TicketFact[] => {
  if (was === is) return [];
  return is === undefined ? [{ is: 'continues' }] : [{ is: 'waits', for: is }];
};

/** As it is kept: a note of before there were facts has null. */
export type FactualNote = Pick<TicketNote, 'by' | 'what'> & {
  readonly atMs: number;
  readonly facts: readonly TicketFact[] | null;
};

/** Of notes without facts of their own what their words tell; the priority that the ticket opened with is not known then. */
export const datedFacts = (
  notes: readonly FactualNote[],
  { priority }: Pick<Ticket, 'priority'>,
): readonly DatedFact[] =>
  notes.flatMap(({ atMs, facts, by, what }) =>
    (facts ?? wordsOf(by, what, priority)).map((fact): DatedFact => ({ ...fact, atMs })),
  );

const wordsOf = (by: string, what: TicketNote['what'], priority: Ticket['priority']): readonly TicketFact[] => {
  switch (what) {
    case 'opened':
      return [{ is: 'opened', priority }];
    case 'taken':
      return [{ is: 'answered' }];
    case 'resolved':
      return [{ is: 'resolved', by: by === OWN_NAME ? 'itself' : 'person' }];
    case 'reopened':
      return [{ is: 'reopened' }];
    default:
      return [];
  }
};
