// Can the server listen where it is to?
import { createServer } from 'node:net';

import { codeOf } from '@fettle/shared/error';

import { type Finding, bad, ok } from '../../store/check/finding.ts';

/** undefined: it can be listened on; else the code of what hinders it. Whatever listens there notices nothing. */
export const probePort = (host: string, port: number): Promise<string | undefined> => {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once('error', (error) => resolve(codeOf(error) ?? String(error)));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
};

type Probed = {
  readonly host: string;
  readonly port: number;
  /** A server runs on the same data. */
  readonly isOurs: boolean;
  readonly probed: string | undefined;
};

const WHAT = 'port';
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there. Find it (ss -ltnp), or set listen.port.',
  EACCES: 'Ports below 1024 are not for everybody. Set listen.port, or put a proxy in front (behind_proxy).',
  EADDRNOTAVAIL: 'This machine has no such address. Set listen.host.',
  ENOTFOUND: 'There is no machine of this name. Set listen.host.',
};

export const tellPort = ({ host, port, isOurs, probed }: Probed): Finding => {
  const place = `${host} port ${port}`;
  if (isOurs && probed === 'EADDRINUSE') return ok(WHAT, `${place}, where this server listens`);
  if (probed === undefined)
    return isOurs
      ? { level: 'note', what: WHAT, message: `${place} is free: the server that runs was started with other settings` }
      : ok(WHAT, `${place} is free`);
  return bad(WHAT, `${place} cannot be used: ${probed}`, ADVICE[probed] ?? 'Check listen.host and listen.port.');
};
