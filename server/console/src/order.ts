// The order that the lists are shown in.
import type { AlertView, Priority, TicketView } from '@fettle/shared/api/alert.schema';
import type { DeviceView } from '@fettle/shared/api/device.schema';

import { isQuiet } from './quiet.ts';

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const byNewest = (one: string, other: string): number => Date.parse(other) - Date.parse(one);

export const newestFirst = (one: AlertView, other: AlertView): number =>
  byNewest(one.since, other.since) || byText(one.id, other.id);

/** What asks for nobody now comes last. */
export const quietLast = (one: AlertView, other: AlertView): number =>
  Number(isQuiet(one)) - Number(isQuiet(other)) || newestFirst(one, other);

const urgency: Readonly<Record<Priority, number>> = { critical: 0, high: 1, normal: 2, low: 3 };

const isDone = (ticket: TicketView): number => (ticket.state === 'resolved' || ticket.state === 'closed' ? 1 : 0);

/** What to take next is on top: most urgent first, then the one that waits longest; what is done comes last. */
export const mostUrgentFirst = (one: TicketView, other: TicketView): number =>
  isDone(one) - isDone(other) ||
  urgency[one.priority] - urgency[other.priority] ||
  byNewest(other.since, one.since) ||
  byText(one.id, other.id);

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const byName = (one: DeviceView, other: DeviceView): number =>
  names.compare(one.name, other.name) || byText(one.id, other.id);
