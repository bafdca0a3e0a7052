// What a short-lived child reads on Windows: slow.ts.
import { windows } from '@fettle/shared/metric/read-by-windows';
import { MINUTE_MS } from '@fettle/shared/time';

import type { Slow } from '../slow.ts';

const slow = <I extends keyof typeof windows>(id: I, timeoutMs: number) => ({ id, ...windows[id], timeoutMs });

export const windowsSlow = {
  inventory: slow('inventory', MINUTE_MS),
} as const satisfies Readonly<Record<string, Slow>>;
