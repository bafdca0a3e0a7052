// What a short-lived child reads on Windows: slow.ts.
import { windows } from '@fettle/shared/metric/read-by-windows';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Slow, slowOnes } from '../slow.ts';

const slow = <I extends keyof typeof windows>(id: I, timeoutMs: number) => ({ id, ...windows[id], timeoutMs });

/** Whoever asks first waits for PowerShell, which has a minute. */
const ASKING_MS = 2 * MINUTE_MS;

export const windowsSlow = {
  'volume-list': slow('volume-list', ASKING_MS),
  paging: slow('paging', ASKING_MS),
  battery: slow('battery', ASKING_MS),
  services: slow('services', 3 * MINUTE_MS),
  smart: slow('smart', slowOnes.smart.timeoutMs),
  'event-log': slow('event-log', ASKING_MS),
  inventory: slow('inventory', MINUTE_MS),
} as const satisfies Readonly<Record<string, Slow>>;
