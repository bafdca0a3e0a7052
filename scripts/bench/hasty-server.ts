// The real server in a haste that only a soak and a crash loop have. Its options come as JSON; its port goes to stdout as JSON.
import { startServer } from '@fettle/server/app';
import { writeState } from '@fettle/server/cli/state-file';
import { SYSTEM } from '@fettle/server/domain/actor';
import { HOME } from '@fettle/server/domain/home';
import pino from 'pino';
import { z } from 'zod';

const options = z.strictObject({
  folder: z.string(),
  port: z.int(),
  publicUrl: z.string(),
  tls: z.strictObject({ certFile: z.string(), keyFile: z.string() }).optional(),
  pace: z.strictObject({ divisor: z.number(), leastMs: z.number() }),
});
export type HastyOptions = z.infer<typeof options>;

const { tls, ...given } = options.parse(JSON.parse(process.argv[2] ?? ''));
const server = await startServer({
  ...given,
  tls,
  host: '127.0.0.1',
  isBehindProxy: false,
  backups: { folder: `${given.folder}/backups`, hourly: 1, daily: 1 },
  retention: { rawDays: 1, eventDays: 1 },
  notices: { smtp: undefined, privateHosts: new Set(), heartbeatUrl: undefined },
  consoleFolder: given.folder,
  log: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
  version: 'hasty',
  onDeath: (error) => {
    throw error;
  },
});
await server.commit({ type: 'create site', actor: SYSTEM, ...HOME });
const forget = writeState(given.folder, server.addresses.url);
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
process.once('SIGTERM', () => {
  forget();
  void server.close();
});
