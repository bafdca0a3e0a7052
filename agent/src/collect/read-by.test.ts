import { linux } from '@fettle/shared/metric/read-by-linux';
import { macos } from '@fettle/shared/metric/read-by-mac';
import { windows } from '@fettle/shared/metric/read-by-windows';
import type { Sources } from '@fettle/shared/metric/source';
import { expect, it } from 'vitest';

import { collectorsFor } from './collectors.ts';

const tables: Readonly<Record<Parameters<typeof collectorsFor>[0], Sources>> = { linux, macos, windows };

it.each(['linux', 'macos', 'windows'] as const)(
  '%s: what reads a metric, as everybody is told, is a collector',
  (os) => {
    const all = collectorsFor(os);
    for (const [id, told] of Object.entries(tables[os])) {
      const { tier, provides } = all.find((collector) => collector.id === id) ?? {};
      expect({ id, tier, provides }).toEqual({ id, ...told });
    }
    const giving = all.filter(({ provides }) => provides.length > 0).map(({ id }) => id);
    expect(giving.filter((id) => !(id in tables[os]))).toEqual([]);
  },
);
