// What others did with a ticket since somebody looked at it.
import type { TicketDetail } from '@fettle/shared/api/alert.schema';

export type Entry = TicketDetail['timeline'][number];
export type Looked = Pick<TicketDetail, 'version'> & { readonly timeline: { readonly length: number } };

/** What was said and done since. */
export const newsSince = (looked: Looked, { timeline }: Pick<TicketDetail, 'timeline'>): readonly Entry[] =>
  timeline.slice(looked.timeline.length);
