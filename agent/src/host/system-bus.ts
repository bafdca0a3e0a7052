// The system's message bus, where it is on every Linux. Nothing but these paths: what an environment variable says could be
// anybody's. The client is loaded when there is a bus, and costs nothing where there is none.
import { existsSync } from 'node:fs';

import type { Clock } from '@fettle/shared/time';

import { HostError, type SystemBus } from './host.ts';

/** The second is what the D-Bus specification names ("Well-known Message Bus Instances"); the first is where it leads today. */
const PATHS = ['/run/dbus/system_bus_socket', '/var/run/dbus/system_bus_socket'] as const;

/** @param root what "/" is */
export const systemBus = (clock: Clock, root: string): SystemBus => ({
  connect: async (listener) => {
    const path = PATHS.map((one) => `${root}${one}`).find((one) => existsSync(one));
    if (path === undefined) throw new HostError('tool_missing', `there is no message bus at ${PATHS[0]}`);
    const { connectBus } = await import('./bus/connection.ts');
    return connectBus(path, clock, listener);
  },
});
