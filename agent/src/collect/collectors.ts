// Every collector of each system, as plain lists. To add one: write its file, name it here.
import type { Os } from '@fettle/shared/rule/scope';

import { arrays } from './arrays/arrays.ts';
import { battery } from './battery/battery.ts';
import { checks } from './checks/checks.ts';
import type { ServerClock } from './clock/server-clock.ts';
import { orServerOffset, serverOffset } from './clock/server-offset.ts';
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

/** New ones at each call: some remember their last reading. @param server where there is a link that hears it */
export const collectorsFor = (os: Os, server?: ServerClock): readonly Collector[] => {
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
        server ? orServerOffset(inChild(slowOnes.clock), server) : inChild(slowOnes.clock),
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
        serverOffset(server),
        ...notHere('pressure'),
      ];
    case 'windows':
      return [
        cpuBuiltin(),
        memoryBuiltin(),
        volumesBuiltin(),
        uptime(),
        inChild(slowOnes.inventory),
        serverOffset(server),
        ...notHere('load', 'pressure'),
      ];
  }
};

/** Without those that have a resident part of their own. */
const slow = (): readonly Collector[] =>
  Object.values(slowOnes)
    .filter(({ id }) => id !== 'services' && id !== 'clock')
    .map(inChild);

/** Resident, and of Linux alone until now. */
const LINUX_ONLY = ['disk-io', 'network', 'sensors', 'battery', 'arrays', 'kernel-log', 'checks'] as const;

/** What other systems read and this one cannot, told rather than left out. */
const notHere = (...ids: readonly string[]): readonly Collector[] =>
  [...ids, ...LINUX_ONLY, ...Object.keys(slowOnes).filter((id) => id !== 'inventory' && id !== 'clock')].map((id) => ({
    id,
    tier: 'daily',
    timeoutMs: 1_000,
    provides: [],
    probe: () => Promise.resolve(unavailable('not_on_this_os', `${id} is not read on this system yet`)),
    collect: () => Promise.resolve({ samples: [] }),
  }));
