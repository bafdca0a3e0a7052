import { createServer } from 'node:net';

import { UsageError } from './options.ts';

const USUAL = 7373;
const TRIES = 50;

/** The wanted port, or from the usual one on the first that is free. @throws UsageError when the wanted one is taken */
export const choosePort = async (wanted: number | undefined): Promise<number> => {
  if (wanted === 0) return 0;
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new UsageError(`Port ${wanted} is taken. Choose another with --port, or --port 0 for any that is free.`);
  }
  for (let port = USUAL; port < USUAL + TRIES; port += 1) if (await isFree(port)) return port;
  return 0;
};

/** On loopback. */
export const isFree = (port: number): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  return promise;
};
