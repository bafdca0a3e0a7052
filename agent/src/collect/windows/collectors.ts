// Every collector of Windows, as a plain list.
import type { ServerClock } from '../clock/server-clock.ts';
import { serverOffset } from '../clock/server-offset.ts';
import type { Collector } from '../collector.ts';
import { cpuBuiltin } from '../cpu.ts';
import { memoryBuiltin } from '../memory.ts';
import { inChild } from '../slow.ts';
import { uptime } from '../uptime.ts';
import { windowsSlow } from './slow.ts';
import { windowsVolumes } from './volumes.ts';

export const windowsCollectors = (server?: ServerClock): readonly Collector[] => [
  cpuBuiltin(),
  memoryBuiltin(),
  windowsVolumes(),
  uptime(),
  serverOffset(server),
  ...Object.values(windowsSlow).map(inChild),
];
