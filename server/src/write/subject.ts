// What a notice is about, found by its id.
import { externalTitle } from '../domain/notice/external.ts';
import { type Subject, alertSubject, ticketSubject } from '../domain/notice/subject.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import type { WriteContext } from './context.ts';

/** As it stands now. @returns undefined when it is gone */
export const findSubject = (id: string, context: WriteContext): Subject | undefined => {
  const { store } = context;
  const alert = store.alerts.named(id);
  if (alert) {
    const { deviceName, rule, ticket, ticketNumber } = alert;
    const words = store.alertLabels.of(id);
    const title = words ? externalTitle(rule, words) : (bookOf(alert.device, context).byId.get(rule)?.title ?? rule);
    const number = ticket === null || ticketNumber === null ? null : { id: ticket, number: ticketNumber };
    return alertSubject(alert, { deviceName, title, ticket: number, labels: words?.labels ?? {} });
  }
  const ticket = store.tickets.named(id);
  return ticket && ticketSubject(ticket, ticket.deviceName);
};

/** Its rule may be one of its own tenant. */
const bookOf = (id: string, { store, book, bookFor }: WriteContext): RuleBook => {
  const device = store.devices.get(id);
  return device ? bookFor(device) : book;
};
