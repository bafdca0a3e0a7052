// Where records wait for the server: on the disk, or in memory alone, where a restart loses them.
import { type Collector, available } from './collector.ts';

const STATE = { disk: 0, memory: 1 } as const;
const METRIC = 'fettle.spool.state';

/** `why` it is in memory alone; absent where it is on the disk. */
export type KeptLane = { readonly lane: string; readonly why?: string };

/** @param lanes as they are at the moment */
export const spoolState = (lanes: () => readonly KeptLane[]): Collector => ({
  id: 'spool',
  tier: 'minute',
  timeoutMs: 1_000,
  provides: [METRIC],
  probe: () => Promise.resolve(available('the agent itself')),
  collect: () =>
    Promise.resolve({
      samples: lanes().map(({ lane, why }) => ({
        metric: METRIC,
        attributes: { 'fettle.lane': lane },
        value: why === undefined ? STATE.disk : STATE.memory,
      })),
    }),
});
