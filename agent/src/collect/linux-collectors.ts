// Every collector of Linux, as a plain list.
import { arrays } from './arrays/arrays.ts';
import { battery } from './battery/battery.ts';
import { checks } from './checks/checks.ts';
import type { ServerClock } from './clock/server-clock.ts';
import { orServerOffset } from './clock/server-offset.ts';
import type { Collector } from './collector.ts';
import { cpu } from './cpu.ts';
import { diskIo } from './disk-io.ts';
import { load } from './load.ts';
import { kernelLog } from './logs/kernel-log.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { pressure } from './pressure.ts';
import { sensors } from './sensors/sensors.ts';
import { services } from './services/services.ts';
import { inChild, slowOnes } from './slow.ts';
import { uptime } from './uptime.ts';
import { volumes } from './volumes.ts';

export const linuxCollectors = (server?: ServerClock): readonly Collector[] => [
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
  ...Object.values(slowOnes).filter(hasNoResidentPart).map(inChild),
];

const hasNoResidentPart = ({ id }: { readonly id: string }): boolean => id !== 'services' && id !== 'clock';
