// The real server in a haste that only a soak has: agents beat a hundred times faster than on any other day.
import { startServer } from '@fettle/server/app';
import { writeState } from '@fettle/server/cli/state-file';
import pino from 'pino';

const SPEED = 100;

const [folder = '', port = '', certFile = '', keyFile = '', publicUrl = ''] = process.argv.slice(2);
const server = await startServer({
  folder,
  host: '127.0.0.1',
  port: Number(port),
  publicUrl,
  isBehindProxy: false,
  tls: { certFile, keyFile },
  pace: { divisor: SPEED, leastMs: 10 },
  retention: { rawDays: 1, eventDays: 1 },
  consoleFolder: folder,
  log: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
  version: 'soak',
  onDeath: (error) => {
    throw error;
  },
});
const forget = writeState(folder, server.addresses.url);
process.once('SIGTERM', () => {
  forget();
  void server.close();
});
