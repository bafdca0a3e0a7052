// What a short-lived child reads on macOS: slow.ts.
import { macos } from '@fettle/shared/metric/read-by-mac';
import { MINUTE_MS } from '@fettle/shared/time';

import type { Slow } from '../slow.ts';

const slow = <I extends keyof typeof macos>(id: I, timeoutMs: number) => ({ id, ...macos[id], timeoutMs });

export const macSlow = {
  inventory: slow('inventory', MINUTE_MS),
} as const satisfies Readonly<Record<string, Slow>>;
