// Every collector of each system, as plain lists. To add one: write its file, name it here.
import type { Os } from '@fettle/shared/rule/scope';

import { type Collector, unavailable } from './collector.ts';
import { cpu, cpuBuiltin } from './cpu.ts';
import { diskIo } from './disk-io.ts';
import { inventory } from './inventory.ts';
import { load } from './load.ts';
import { memory, memoryBuiltin } from './memory.ts';
import { network } from './network.ts';
import { pressure } from './pressure.ts';
import { uptime } from './uptime.ts';
import { volumes, volumesBuiltin } from './volumes.ts';

/** New ones at each call: some remember their last reading. */
export const collectorsFor = (os: Os): readonly Collector[] => {
  switch (os) {
    case 'linux':
      return [cpu(), memory(), load(), pressure(), volumes(), diskIo(), network(), uptime(), inventory()];
    case 'macos':
      return [cpuBuiltin(), memoryBuiltin(), load(), volumesBuiltin(), uptime(), inventory(), ...notHere('pressure')];
    case 'windows':
      return [cpuBuiltin(), memoryBuiltin(), volumesBuiltin(), uptime(), inventory(), ...notHere('load', 'pressure')];
  }
};

/** What other systems read and this one cannot, told rather than left out. */
const notHere = (...ids: readonly string[]): readonly Collector[] =>
  [...ids, 'disk-io', 'network'].map((id) => ({
    id,
    tier: 'daily',
    timeoutMs: 1_000,
    provides: [],
    probe: () => Promise.resolve(unavailable('not_on_this_os', `${id} is not read on this system yet`)),
    collect: () => Promise.resolve({ samples: [] }),
  }));
