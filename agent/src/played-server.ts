// A server over real sockets that says only what a test makes it say.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { json } from 'node:stream/consumers';

import { INTERVALS } from '@fettle/shared/wire/intervals';
import { PROTOCOL } from '@fettle/shared/wire/limits';
import type { ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';
import { onTestFinished } from 'vitest';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

export const SERVER_ID = `s_${'s'.repeat(22)}`;

/** A link of one agent, from the server's side. */
export class PlayedLink {
  readonly socket: WebSocket;
  /** Everything that came, texts parsed. */
  readonly received: unknown[] = [];
  readonly closed: Promise<number>;
  #taken = 0;
  #onMore: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary) => {
      this.received.push(isBinary ? new Uint8Array(data) : JSON.parse(data.toString()));
      this.#onMore();
    });
  }

  /** The next thing that comes, or came and was not taken yet. */
  async take(): Promise<unknown> {
    while (this.received.length <= this.#taken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onMore = resolve;
      await promise;
    }
    this.#taken += 1;
    return this.received[this.#taken - 1];
  }

  say(message: ServerMessage | { readonly type: 'unheard of' }): void {
    this.socket.send(JSON.stringify(message));
  }

  challenge(): void {
    this.say({ type: 'challenge', nonce: 'n'.repeat(43), serverId: SERVER_ID });
  }

  /** Challenge, hello, welcome. @returns the hello */
  async admit(change: Partial<Welcome> = {}): Promise<unknown> {
    this.challenge();
    const hello = await this.take();
    const marks = { alerts: null, metrics: null };
    this.say({ type: 'welcome', session: 'x', clock: 0, marks, window: 64, intervals: INTERVALS, ...change });
    return hello;
  }
}

/** Closed when the test ends. */
export const playServer = async (options: ServerOptions = {}) => {
  const links: PlayedLink[] = [];
  let more = Promise.withResolvers<void>();
  let taken = 0;
  const isSecure = options.server instanceof HttpsServer;
  const server = new WebSocketServer({
    ...(options.server ? {} : { port: 0, host: '127.0.0.1' }),
    handleProtocols: () => PROTOCOL,
    path: '/agent',
    ...options,
  });
  server.on('connection', (socket) => {
    links.push(new PlayedLink(socket));
    more.resolve();
    more = Promise.withResolvers();
  });
  options.server?.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    options.server?.close();
  });
  const address = (options.server ?? server).address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`,
    links,
    /** The next link that is opened, or was and is not taken yet. */
    link: async (): Promise<PlayedLink> => {
      for (;;) {
        const link = links[taken];
        if (link) {
          taken += 1;
          return link;
        }
        await more.promise;
      }
    },
  };
};

type Answer = { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> };
export type EnrolAnswers = {
  readonly challenge?: Answer;
  /** `hang up` closes the connection in place of an answer. */
  readonly enroll?: Answer | 'hang up' | (() => Promise<Answer>);
};

export const ENROLLED = { deviceId: `d_${'d'.repeat(22)}`, serverId: SERVER_ID, site: 'office' };

/** The two requests of an enrolment, over real HTTP. Closed when the test ends. */
export const playEnrolment = async (answers: EnrolAnswers = {}) => {
  const requests: { readonly path: string; readonly body: unknown }[] = [];
  const answerTo = async (path: string): Promise<Answer | 'hang up'> => {
    if (path.endsWith('/challenge')) {
      return answers.challenge ?? { body: { nonce: 'n'.repeat(43), serverId: SERVER_ID } };
    }
    const { enroll = { body: ENROLLED } } = answers;
    return typeof enroll === 'function' ? enroll() : enroll;
  };
  const server = createServer((request, response) => {
    void json(request).then(async (body) => {
      const { url: path = '' } = request;
      requests.push({ path, body });
      const answer = await answerTo(path);
      if (answer === 'hang up') {
        request.socket.destroy();
        return;
      }
      const { status = 200, body: content, headers } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof content === 'string' ? content : JSON.stringify(content));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, requests };
};
