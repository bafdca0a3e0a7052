// Every collector of each system. To add one: write its file, name it in the list of its system.
import { sources } from '@fettle/shared/metric/read-by';
import type { Os } from '@fettle/shared/rule/scope';

import type { ServerClock } from './clock/server-clock.ts';
import { type Collector, unavailable } from './collector.ts';
import { linuxCollectors } from './linux-collectors.ts';
import { macCollectors } from './mac/collectors.ts';
import { windowsCollectors } from './windows/collectors.ts';

const ownOf: Readonly<Record<Os, (server?: ServerClock) => readonly Collector[]>> = {
  linux: linuxCollectors,
  macos: macCollectors,
  windows: windowsCollectors,
};

/** New ones at each call: some remember their last reading. @param server where there is a link that hears it */
export const collectorsFor = (os: Os, server?: ServerClock): readonly Collector[] => {
  const own = ownOf[os](server);
  return [...own, ...notHere(own)];
};

/** What is read on Linux and not on this system, told rather than left out. */
const notHere = (own: readonly Collector[]): readonly Collector[] => {
  const ids = new Set(own.map(({ id }) => id));
  const read = new Set(own.flatMap(({ provides }) => provides));
  return Object.entries(sources.linux)
    .filter(([id, { provides }]) => !ids.has(id) && !(provides.length > 0 && provides.every((name) => read.has(name))))
    .map(([id]) => ({
      id,
      tier: 'daily',
      timeoutMs: 1_000,
      provides: [],
      probe: () => Promise.resolve(unavailable('not_on_this_os', `${id} is not read on this system yet`)),
      collect: () => Promise.resolve({ samples: [] }),
    }));
};
