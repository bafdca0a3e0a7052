// What a short-lived child reads on macOS: slow.ts.
import { macos } from '@fettle/shared/metric/read-by-mac';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Slow, slowOnes } from '../slow.ts';

const slow = <I extends keyof typeof macos>(id: I, timeoutMs: number) => ({ id, ...macos[id], timeoutMs });

export const macSlow = {
  memory: slow('memory', 20_000),
  'volume-list': slow('volume-list', 2 * MINUTE_MS),
  battery: slow('battery', 30_000),
  services: slow('services', 2 * MINUTE_MS),
  smart: slow('smart', slowOnes.smart.timeoutMs),
  thermal: slow('thermal', 20_000),
  inventory: slow('inventory', MINUTE_MS),
} as const satisfies Readonly<Record<string, Slow>>;
