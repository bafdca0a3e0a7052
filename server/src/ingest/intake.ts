// What all sessions of a server have in common.
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import type { Ask } from '../store/questions.ts';
import type { Fleet } from './fleet.ts';
import type { Pressure } from './pressure.ts';

export type Counted =
  | 'records'
  | 'batches'
  | 'poison'
  | 'malformed'
  | 'unknown_messages'
  | 'refused'
  | 'unavailable'
  | 'clones'
  | 'clock_off';

export type Intake = {
  readonly serverId: string;
  /** What a device is judged by. */
  readonly bookFor: (device: string) => RuleBook;
  readonly fleet: Fleet;
  readonly ask: Ask;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly pressure: Pressure;
  readonly intervals: () => Intervals;
  readonly nowMs: () => number;
  readonly count: (what: Counted) => void;
  /** New readings of a device are in memory. */
  readonly onReadings: (device: string) => void;
};
