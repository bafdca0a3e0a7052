// Every collector of macOS, as a plain list.
import type { ServerClock } from '../clock/server-clock.ts';
import { serverOffset } from '../clock/server-offset.ts';
import type { Collector } from '../collector.ts';
import { cpuBuiltin } from '../cpu.ts';
import { load } from '../load.ts';
import { memoryBuiltin } from '../memory.ts';
import { inChild } from '../slow.ts';
import { uptime } from '../uptime.ts';
import { volumesBuiltin } from '../volumes.ts';
import { macSlow } from './slow.ts';

export const macCollectors = (server?: ServerClock): readonly Collector[] => [
  cpuBuiltin(),
  memoryBuiltin(),
  load(),
  volumesBuiltin(),
  uptime(),
  serverOffset(server),
  ...Object.values(macSlow).map(inChild),
];
