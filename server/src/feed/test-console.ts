// A console for tests: a real WebSocket, and a real stream of server-sent events, that keep what they are told.
import { once } from 'node:events';

import { type FeedMessage, feedMessage } from '@fettle/shared/api/feed.schema';
import { type ClientOptions, WebSocket } from 'ws';

type Headers = Readonly<Record<string, string>>;

export class TestConsole {
  readonly socket: WebSocket;
  readonly heard: FeedMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.heard.push(feedMessage.parse(JSON.parse(data.toString('utf8')))));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }));
    socket.on('error', () => undefined); // ends it, which shows
  }

  /** @throws when it is turned away */
  static async open(url: string, headers: Headers, query = '', options: ClientOptions = {}): Promise<TestConsole> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed${query}`, { ...options, headers });
    const opened = new TestConsole(socket);
    await once(socket, 'open');
    return opened;
  }

  get seqs(): readonly number[] {
    return this.heard.flatMap((message) => (message.type === 'event' ? [message.event.seq] : []));
  }

  of<T extends FeedMessage['type']>(type: T): readonly (FeedMessage & { readonly type: T })[] {
    return this.heard.filter((message): message is FeedMessage & { readonly type: T } => message.type === type);
  }
}

/** A stream of server-sent events, as text. `read` gives everything so far. */
export const openStream = async (url: string, headers: Headers, query = '') => {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/v1/events${query}`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  let text = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const pump = async (): Promise<void> => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value;
  };
  void pump().catch(() => undefined); // stopped
  return { response, read: () => text, close: () => stop.abort() };
};
