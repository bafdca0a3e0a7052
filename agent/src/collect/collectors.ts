// Every collector of each system, as plain lists. To add one: write its file, name it here.
import type { Os } from '@fettle/shared/rule/scope';

import { arrays } from './arrays/arrays.ts';
import { battery } from './battery/battery.ts';
import { checks } from './checks/checks.ts';
import { type Collector, unavailable } from './collector.ts';
import { cpu, cpuBuiltin } from './cpu.ts';
import { diskIo } from './disk-io.ts';
import { load } from './load.ts';
import { kernelLog } from './logs/kernel-log.ts';
import { memory, memoryBuiltin } from './memory.ts';
import { network } from './network.ts';
import { pressure } from './pressure.ts';
import { sensors } from './sensors/sensors.ts';
import { services } from './services/services.ts';
import { inChild, slowOnes } from './slow.ts';
import { uptime } from './uptime.ts';
import { volumes, volumesBuiltin } from './volumes.ts';

/** New ones at each call: some remember their last reading. */
export const collectorsFor = (os: Os): readonly Collector[] => {
  switch (os) {
    case 'linux':
      return [
        cpu(),
        memory(),
        load(),
        pressure(),
        volumes(),
        diskIo(),
        network(),
        uptime(),
        sensors(),
        battery(),
        arrays(),
        kernelLog(),
        checks(),
        services(),
        ...slow(),
      ];
    case 'macos':
      return [
        cpuBuiltin(),
        memoryBuiltin(),
        load(),
        volumesBuiltin(),
        uptime(),
        inChild(slowOnes.inventory),
        ...notHere('pressure'),
      ];
    case 'windows':
      return [
        cpuBuiltin(),
        memoryBuiltin(),
        volumesBuiltin(),
        uptime(),
        inChild(slowOnes.inventory),
        ...notHere('load', 'pressure'),
      ];
  }
};

/** Without the one that has a resident part of its own. */
const slow = (): readonly Collector[] =>
  Object.values(slowOnes)
    .filter(({ id }) => id !== 'services')
    .map(inChild);

/** Resident, and of Linux alone until now. */
const LINUX_ONLY = ['disk-io', 'network', 'sensors', 'battery', 'arrays', 'kernel-log', 'checks'] as const;

/** What other systems read and this one cannot, told rather than left out. */
const notHere = (...ids: readonly string[]): readonly Collector[] =>
  [...ids, ...LINUX_ONLY, ...Object.keys(slowOnes).filter((id) => id !== slowOnes.inventory.id)].map((id) => ({
    id,
    tier: 'daily',
    timeoutMs: 1_000,
    provides: [],
    probe: () => Promise.resolve(unavailable('not_on_this_os', `${id} is not read on this system yet`)),
    collect: () => Promise.resolve({ samples: [] }),
  }));
