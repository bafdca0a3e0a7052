// Every collector of macOS, as a plain list.
import type { ServerClock } from '../clock/server-clock.ts';
import { serverOffset } from '../clock/server-offset.ts';
import type { Collector } from '../collector.ts';
import { cpuBuiltin } from '../cpu.ts';
import { load } from '../load.ts';
import { inChild } from '../slow.ts';
import { uptime } from '../uptime.ts';
import { macSlow } from './slow.ts';
import { macVolumes } from './volumes.ts';

export const macCollectors = (server?: ServerClock): readonly Collector[] => [
  cpuBuiltin(),
  load(),
  macVolumes(),
  uptime(),
  serverOffset(server),
  ...Object.values(macSlow).map(inChild),
];
