// Request Tracker's words for ours, and ours for its. Statuses are those of its default lifecycle:
// https://docs.bestpractical.com/rt/5.0.3/customizing/lifecycles.html
import type { TicketState } from '@fettle/shared/api/alert.schema';

import { type ExternalState, type Heard, noteOfKey } from './external.ts';

const STATUSES: Readonly<Record<TicketState, string>> = {
  new: 'open', // once it has been anything else, none becomes new again
  open: 'open',
  waiting: 'stalled',
  resolved: 'resolved',
  closed: 'resolved',
};

/** @param now its status there. @returns the one it is to have; undefined: it is right as it is */
export const statusFor = (state: TicketState, now: string): string | undefined => {
  const wanted = state === 'new' && now === 'new' ? 'new' : STATUSES[state];
  return wanted === now ? undefined : wanted;
};

/** A status of somebody's own lifecycle is an open one. */
export const stateOf = (status: string): ExternalState => {
  if (status === 'deleted') return 'gone';
  return status === 'resolved' || status === 'rejected' ? 'done' : 'open';
};

/** An entry of a ticket's history. `data` is the subject of what was written. */
export type Transaction = {
  readonly id: number;
  readonly type: string;
  readonly creator: string;
  readonly data: string;
};

/** Comments are for the staff, correspondence is with whoever asked: both are words of people. */
const WRITTEN: ReadonlySet<string> = new Set(['Comment', 'Correspond']);

/** @returns those since the mark that were written by people there, in their order */
export const writtenSince = (history: readonly Transaction[], key: string, after: string): readonly Transaction[] =>
  since(history, after).filter(({ type, data }) => WRITTEN.has(type) && noteOfKey(key, data.trim()) === undefined);

/** The highest of our notes that is found there since the mark; 0 for none. */
export const ownNoteSince = (history: readonly Transaction[], key: string, after: string): number =>
  Math.max(0, ...since(history, after).map(({ data }) => noteOfKey(key, data.trim()) ?? 0));

const since = (history: readonly Transaction[], after: string): readonly Transaction[] =>
  history.filter(({ id }) => id > Number(after)).toSorted((one, other) => one.id - other.id);

export const markOf = (history: readonly Transaction[], after: string): Heard['mark'] =>
  String(Math.max(Number(after), ...history.map(({ id }) => id)));
