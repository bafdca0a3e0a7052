// The real hub behind a real WebSocket on loopback, and viewers in this process: what they were told, and how long after the commit.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';

import { SYSTEM } from '@fettle/server/domain/actor';
import { Hub } from '@fettle/server/feed/hub';
import { FeedSockets } from '@fettle/server/feed/socket';
import type { Ask } from '@fettle/server/store/questions';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { WebSocket } from 'ws';

export class FeedDoor {
  readonly #hub: Hub;
  readonly #sockets: FeedSockets;
  readonly #server = createServer();
  readonly #ends = new Set<Duplex>();
  /** When each event left the writer, by its number. */
  readonly publishedMs = new Map<number, number>();
  /** The most that waited in one viewer's socket. */
  queuedBytesMost = 0;

  constructor(ask: Ask) {
    this.#hub = new Hub({
      since: (actor, afterSeq, limit) => ask('events', actor, { afterSeq, limit }),
      range: () => ask('event range', SYSTEM, {}),
      tenantOf: () => undefined,
      latestOf: () => ({}),
      readingsOf: () => ({ at: null, cpu: null, memory: null, fullestVolume: null }),
      watchDevice: () => undefined,
      nowMs: () => Date.now(),
    });
    this.#sockets = new FeedSockets(this.#hub, () => ({ version: 'bench', hurry: false, lastSeq: this.#hub.lastSeq }));
    this.#server.on('upgrade', (request, socket, head) => {
      const after = new URL(request.url ?? '/', 'http://bench').searchParams.get('after');
      this.#ends.add(socket);
      socket.on('close', () => this.#ends.delete(socket));
      socket.on('error', () => socket.destroy());
      this.#sockets.accept(request, socket, head, {
        actor: SYSTEM,
        stands: () => Promise.resolve(true),
        after: after === null ? undefined : Number(after),
      });
    });
  }

  async open(): Promise<void> {
    await this.#hub.start();
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  readonly publish = (events: readonly FeedEvent[]): void => {
    const nowMs = performance.now();
    for (const { seq } of events) this.publishedMs.set(seq, nowMs);
    this.#hub.publish(events);
    for (const { writableLength } of this.#ends) this.queuedBytesMost = Math.max(this.queuedBytesMost, writableLength);
  };

  get lastSeq(): number {
    return this.#hub.lastSeq;
  }

  async join(after?: number): Promise<FeedViewer> {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the door is not open');
    const query = after === undefined ? '' : `?after=${after}`;
    const socket = new WebSocket(`ws://127.0.0.1:${address.port}/${query}`, { perMessageDeflate: false });
    const viewer = new FeedViewer(socket, this.publishedMs, after);
    await once(socket, 'open');
    return viewer;
  }

  close(): void {
    this.#hub.close();
    this.#sockets.close();
    this.#server.close();
  }
}

const SEQ = /"seq":(\d+)/;

/** Reads the number of each event and nothing else: what is measured is the way to it. */
export class FeedViewer {
  readonly socket: WebSocket;
  readonly delaysMs: number[] = [];
  events = 0;
  snapshots = 0;
  lastSeq: number;
  isInOrder = true;
  closedWhy: string | undefined;

  /** @param publishedMs of the events, by number; @param after the last event that it has seen */
  constructor(socket: WebSocket, publishedMs: ReadonlyMap<number, number>, after = 0) {
    this.socket = socket;
    this.lastSeq = after;
    socket.on('error', () => undefined); // ends it, which shows
    socket.on('close', (_code, why) => (this.closedWhy = why.toString('utf8')));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8', 0, 80);
      if (text.startsWith('{"type":"snapshot"')) this.snapshots += 1;
      const seq = Number(SEQ.exec(text)?.[1] ?? 0);
      if (seq === 0) return;
      const left = publishedMs.get(seq);
      if (text.startsWith('{"type":"event"')) this.#heard(seq, left);
      else this.lastSeq = Math.max(this.lastSeq, seq);
    });
  }

  #heard(seq: number, leftMs: number | undefined): void {
    this.events += 1;
    this.isInOrder &&= seq > this.lastSeq;
    this.lastSeq = seq;
    if (leftMs !== undefined) this.delaysMs.push(performance.now() - leftMs);
  }
}
