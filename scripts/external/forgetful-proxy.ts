// In front of a ticket system: passes everything on, and loses the answer to the first ticket that is made, as a crash would.
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { portOf } from '@fettle/server/http/port';

export type ForgetfulProxy = {
  readonly url: string;
  /** Answers that were lost. */
  readonly lost: () => number;
  readonly close: () => void;
};

export const forgetfulProxy = async (to: string): Promise<ForgetfulProxy> => {
  let lost = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await buffer(request);
    const answer = await fetch(`${to}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? 'text/plain' },
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    if (lost === 0 && method === 'POST' && url.endsWith('/ticket')) {
      lost += 1;
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  };
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    lost: () => lost,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
