// The rhythm of every agent until its server gives it another, and what servers give when nothing hurries them.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import type { Intervals } from './server-message.schema.ts';

export const INTERVALS: Intervals = {
  fast: 10 * SECOND_MS,
  minute: MINUTE_MS,
  slow: 15 * MINUTE_MS,
  daily: DAY_MS,
  batch: MINUTE_MS,
  digest: 10 * MINUTE_MS,
  reconnectSpread: 30 * SECOND_MS,
};
