// A real server on loopback for a story, in a hurry, with what it says on stderr.
import { join } from 'node:path';

import { type Server, startServer } from '@fettle/server/app';
import { HURRY } from '@fettle/server/domain/times';
import { VERSION } from '@fettle/server/version';
import pino from 'pino';

/** @param port 0: any that is free */
export const startHurriedServer = async (folder: string, port: number, level: 'warn' | 'error'): Promise<Server> =>
  startServer({
    folder,
    host: '127.0.0.1',
    port,
    publicUrl: undefined,
    isBehindProxy: false,
    tls: undefined,
    pace: { divisor: HURRY },
    retention: { rawDays: 1, eventDays: 1 },
    backups: { folder: join(folder, 'backups'), hourly: 1, daily: 1 },
    notices: { smtp: undefined, privateHosts: new Set(), heartbeatUrl: undefined },
    consoleFolder: folder,
    log: pino({ level, base: null }, pino.destination({ fd: 2, sync: true })),
    version: VERSION,
    onDeath: (error) => {
      throw error;
    },
  });
