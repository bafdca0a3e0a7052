import { DAY_MS } from '@fettle/shared/time';

import { NOW, aDevice } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import type { HushFacts } from './hush.ts';

/** A device that has been here for a month, and nothing that keeps an alert of it quiet. */
export const hushFacts = (change: Partial<HushFacts> = {}): HushFacts => ({
  device: aDevice({ enrolledMs: NOW - 30 * DAY_MS }),
  mute: undefined,
  parent: undefined,
  window: undefined,
  mayBeOutage: false,
  hasOpenTicket: false,
  nowMs: NOW,
  times: timesAt({ divisor: 1 }),
  ...change,
});
