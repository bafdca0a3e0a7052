// One machine in trouble is one piece of work: beyond a few tickets of a device, whatever else goes wrong with it joins one that gathers.
import type { Ticket } from './ticket.ts';

export type Crowd = {
  /** Tickets of the device that are open, those of people apart. */
  readonly open: number;
  /** Opened for it within the last hour. */
  readonly lately: number;
  /** The newest that gathers, open or not. */
  readonly summary: Ticket | undefined;
};

const OPEN_MAX = 5;
const LATELY_MAX = 20;

export const SUMMARY = 'ticket.summary';

export const isCrowded = ({ open, lately }: Crowd): boolean => open >= OPEN_MAX || lately >= LATELY_MAX;
