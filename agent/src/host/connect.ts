// Does somebody listen there? A TCP connection that is closed as soon as it is open.
import { createConnection } from 'node:net';

import { type Address, HostError } from './host.ts';

/** @throws HostError `timeout`, `service_broken` when the other side or the way there says no, `permission` when this machine does */
export const connect = async ({ host, port }: Address, timeoutMs: number): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createConnection({ host, port });
  const timer = setTimeout(
    () => reject(new HostError('timeout', `no connection within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  socket.once('connect', resolve);
  socket.on('error', (error) => reject(networkError(error)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
};

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

export const networkError = (error: Error): HostError => {
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return new HostError('timeout', 'no answer');
  if (code === 'EACCES' || code === 'EPERM')
    return new HostError('permission', `this machine does not let it: ${error.message}`);
  return new HostError('service_broken', WORDS[code] ?? (error.message || code));
};

/** Where several addresses were tried, the first tells. */
const codeOf = (error: Error): string => {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : '';
};
