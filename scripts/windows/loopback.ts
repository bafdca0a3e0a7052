// A real server on the loopback for the agent in Wine, and what it sees of it.
import { type Server, startServer } from '@fettle/server/app';
import { SYSTEM } from '@fettle/server/domain/actor';
import { HOME } from '@fettle/server/domain/home';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { HOUR_MS } from '@fettle/shared/time';
import pino from 'pino';

export type Loopback = {
  readonly url: string;
  /** Good for one device. */
  readonly token: () => Promise<string>;
  readonly isConnected: (device: string) => boolean;
  readonly close: () => Promise<void>;
};

/** @param folder for its data */
export const startLoopback = async (folder: string): Promise<Loopback> => {
  const server = await startServer({
    folder,
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    isBehindProxy: false,
    tls: undefined,
    pace: { divisor: 1 },
    retention: { rawDays: 1, eventDays: 1 },
    backups: { folder: `${folder}/backups`, hourly: 1, daily: 1 },
    notices: { smtp: undefined, privateHosts: new Set(), heartbeatUrl: undefined },
    consoleFolder: folder,
    log: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
    version: 'loopback',
    onDeath: (error) => {
      throw error;
    },
  });
  await server.commit({ type: 'create site', actor: SYSTEM, ...HOME });
  return {
    url: server.addresses.url,
    token: () => newToken(server),
    isConnected: server.isConnected,
    close: () => server.close(),
  };
};

const newToken = async (server: Server): Promise<string> => {
  const token = newSecret('ft');
  const expiresMs = Date.now() + HOUR_MS;
  await server.commit({
    type: 'create enrol token',
    actor: SYSTEM,
    hash: hashOf(token),
    site: HOME.site,
    expiresMs,
    maxUses: 1,
  });
  return token;
};
