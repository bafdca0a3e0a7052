// The console's WebSocket at /api/v1/feed.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type FeedMessage, type ServerInfo, feedRequest } from '@fettle/shared/api/feed.schema';
import { type WebSocket, WebSocketServer } from 'ws';

import type { Guest, Hub, ReadingsSink } from './hub.ts';
import type { Sink } from './viewer.ts';

const REQUEST_MAX_BYTES = 16 * 1024;
/** A console that answers no ping until the next one is gone; one that hears no heartbeat for a while looks for itself. */
const BEAT_MS = 15_000;
const HEARTBEAT = JSON.stringify({ type: 'heartbeat' } satisfies FeedMessage);
/** Close codes of RFC 6455: policy violation; try again later. */
const CLOSE = { policy: 1008, tryAgain: 1013 } as const;

export class FeedSockets {
  readonly #hub: Hub;
  readonly #info: () => ServerInfo;
  readonly #alive = new Map<WebSocket, boolean>();
  readonly #timer: NodeJS.Timeout;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: REQUEST_MAX_BYTES });

  constructor(hub: Hub, info: () => ServerInfo) {
    this.#hub = hub;
    this.#info = info;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Takes over an upgrade request whose sender is known and allowed. @param after the last event that the console has seen */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    who: Omit<Guest, 'sink'> & { readonly after: number | undefined },
  ): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#opened(opened, who, who.after));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server.close();
    for (const socket of this.#alive.keys()) socket.terminate();
  }

  #opened(socket: WebSocket, who: Omit<Guest, 'sink'>, after: number | undefined): void {
    const send = (message: FeedMessage) => socket.send(JSON.stringify(message));
    send({ type: 'hello', server: this.#info() });
    this.#alive.set(socket, true);
    socket.on('pong', () => this.#alive.set(socket, true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#alive.delete(socket));
    const viewer = this.#hub.join({ ...who, sink: sinkOf(socket, send) }, after);
    if (!viewer) return socket.close(CLOSE.tryAgain, 'too many consoles are open');
    const readings: ReadingsSink = {
      readings: (device, newest) => send({ type: 'readings', device, readings: newest }),
      latest: (device, latest) => send({ type: 'latest', device, latest }),
    };
    socket.on('message', (data: Buffer, isBinary) => {
      const asked = isBinary ? undefined : parse(data.toString('utf8'));
      if (asked) this.#hub.watch(viewer, readings, asked);
      else socket.close(CLOSE.policy, 'expected {"type":"watch","devices":[…],"detail":…}');
    });
    socket.on('close', () => this.#hub.leave(viewer));
  }

  #beat(): void {
    for (const [socket, isAlive] of this.#alive) {
      if (!isAlive) {
        socket.terminate();
        continue;
      }
      this.#alive.set(socket, false);
      socket.ping();
      socket.send(HEARTBEAT);
    }
  }
}

const sinkOf = (socket: WebSocket, send: (message: FeedMessage) => void): Sink => ({
  event: (event) => send({ type: 'event', event }),
  snapshot: (seq) => send({ type: 'snapshot', seq }),
  bufferedBytes: () => socket.bufferedAmount,
  close: (reason) => socket.close(CLOSE.tryAgain, reason),
});

const parse = (text: string) => {
  try {
    const parsed = feedRequest.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};
