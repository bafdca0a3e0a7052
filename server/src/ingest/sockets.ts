// The agents' WebSockets: who may open one, which session each is, and which are dead.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { FRAGMENTS_MAX, FRAME_MAX_BYTES, PROTOCOL } from '@fettle/shared/wire/limits';
import { type WebSocket, WebSocketServer } from 'ws';

import { createGate } from './admission.ts';
import { Claims } from './claims.ts';
import { clientAddress } from './client-address.ts';
import { Pressure } from './pressure.ts';
import { type Ingest, Session } from './session.ts';

export const HELLO_MS = 5_000;
export const PING_MS = 20_000;
/** Two pings without an answer. */
export const DEAD_MS = 40_000;
const TICK_MS = 1_000;
const UPGRADES = { perSecond: 500, burst: 500 } as const;
/** From one address: a whole site behind one router comes back within seconds. */
const UPGRADES_PER_ADDRESS = { perSecond: 100, burst: 200 } as const;
/** Reads that a frame of 64 KiB may come in: so many even over a link of 100-byte packets. */
const BUFFERED_CHUNKS_MAX = 1_024;
/** An agent that sends but does not read what is answered. */
const BUFFERED_MAX_BYTES = 1024 * 1024;

/** Rule sets are the longest messages there are: 2,000 a second. */
const RULES_AT_ONCE = 20;
const RULES_PAUSE_MS = 10;

/** After a stop the next server is up soon. */
const RESTART_MS = 1_000;
/** An agent that does not answer the goodbye is cut off. */
const FAREWELL_MS = 1_000;

/** Times of the monotonic clock: someone may set the other one. */
type Link = { readonly session: Session; readonly openedMs: number; aliveMs: number; pingedMs: number };

export class AgentSockets {
  readonly #ingest: Ingest;
  readonly #isBehindProxy: boolean;
  readonly #gate = createGate(UPGRADES, UPGRADES_PER_ADDRESS);
  readonly #links = new Map<WebSocket, Link>();
  readonly #claims = new Claims<Session>((ms) => sleep(ms, undefined, { ref: false }));
  #timer: NodeJS.Timeout | undefined;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_MAX_BYTES,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    handleProtocols: () => PROTOCOL,
  });

  /** @param isBehindProxy one on this machine */
  constructor(parts: Omit<Ingest, 'claims' | 'pressure'>, isBehindProxy: boolean) {
    this.#isBehindProxy = isBehindProxy;
    this.#ingest = { ...parts, pressure: new Pressure(), claims: this.#claims };
  }

  /** From here on, until it is closed, dead connections are found. */
  start(): void {
    this.#timer = setInterval(() => this.#lookAtAll(), TICK_MS);
  }

  get count(): number {
    return this.#links.size;
  }

  /** Takes over an upgrade request for /agent. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offered = request.headers['sec-websocket-protocol']?.split(/, */) ?? [];
    // a browser sends an Origin; agents never do
    if (request.headers.origin !== undefined) return turnAway(socket, 403, 'Agents send no Origin.');
    if (!offered.includes(PROTOCOL)) return turnAway(socket, 400, `Ask for the subprotocol ${PROTOCOL}.`);
    const address = clientAddress(request.socket.remoteAddress, request.headers, this.#isBehindProxy);
    const waitS = this.#gate.admit(address, performance.now());
    if (waitS > 0) return turnAway(socket, 503, 'Too many connections at once.', waitS);
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#opened(opened));
  }

  /** Asks a device for fast readings, if it is connected. */
  watch(device: string, everyMs: number, forMs: number): void {
    this.#claims.holder(device)?.watch(everyMs, forMs);
  }

  /** Ends the session of a device that is not one of ours any more. */
  end(device: string): void {
    this.#claims.holder(device)?.refuse('revoked', 'This device was removed from the server.');
  }

  /** Each agent whose rules are others now is sent them: a few at a time, so that nobody waits behind a fleet. */
  async tellRules(): Promise<void> {
    let sent = 0;
    for (const { session } of this.#links.values()) {
      if (!session.tellRules()) continue;
      sent += 1;
      if (sent % RULES_AT_ONCE === 0) await sleep(RULES_PAUSE_MS, undefined, { ref: false });
    }
  }

  /** Those that wait with readings because the disk was full come again, each in its own time. */
  release(): void {
    for (const { session } of this.#links.values()) session.release();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // what was sent so far is on the disk, and acknowledged: it need not be sent again
    await this.#ingest.commit({ type: 'seen', devices: [] });
    await setImmediate();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const { session } of this.#links.values())
      session.refuse('shutting_down', 'The server is stopping.', RESTART_MS);
    const cutOff = setTimeout(() => {
      for (const socket of this.#links.keys()) socket.terminate();
    }, FAREWELL_MS);
    await promise;
    clearTimeout(cutOff);
  }

  #opened(socket: WebSocket): void {
    const nowMs = performance.now();
    const outward = {
      send: (text: string) => socket.send(text),
      close: (code: number, reason: string) => socket.close(code, reason),
      ping: (mark: string) => socket.ping(mark),
    };
    const session = new Session(this.#ingest, outward, randomBytes(32).toString('base64url'));
    const link: Link = { session, openedMs: nowMs, aliveMs: nowMs, pingedMs: nowMs };
    this.#links.set(socket, link);
    socket.on('message', (data: Buffer, isBinary) => {
      link.aliveMs = performance.now();
      if (isBinary) session.onBinary(data);
      else session.onText(data.toString('utf8'));
    });
    socket.on('pong', (mark) => {
      link.aliveMs = performance.now();
      session.onPong(mark.toString('latin1'));
    });
    // an oversized or broken frame: ws closes the connection with the right code
    socket.on('error', () => this.#ingest.count('malformed'));
    socket.on('close', () => this.#closed(socket, session));
  }

  #closed(socket: WebSocket, session: Session): void {
    this.#links.delete(socket);
    const device = session.onClose();
    if (device !== undefined && this.#claims.release(device, session)) this.#ingest.fleet.disconnected(device);
  }

  #lookAtAll(): void {
    const nowMs = performance.now();
    for (const [socket, link] of this.#links) look(socket, link, nowMs);
  }
}

const look = (socket: WebSocket, link: Link, nowMs: number): void => {
  if (!link.session.isGreeted && nowMs - link.openedMs > HELLO_MS) {
    return link.session.refuse('malformed', `No hello within ${HELLO_MS / 1000} s.`);
  }
  if (nowMs - link.aliveMs > DEAD_MS || socket.bufferedAmount > BUFFERED_MAX_BYTES) return socket.terminate();
  if (nowMs - link.pingedMs < PING_MS) return;
  link.pingedMs = nowMs;
  socket.ping();
};

const turnAway = (socket: Duplex, status: number, why: string, retryAfterS?: number): void => {
  const retry = retryAfterS === undefined ? '' : `Retry-After: ${retryAfterS}\r\n`;
  const length = Buffer.byteLength(why);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n${retry}\r\n${why}`,
    () => socket.destroy(), // one that does not close on its side would stay, and hold up a stop
  );
};

const STATUS: Readonly<Record<number, string>> = { 400: 'Bad Request', 403: 'Forbidden', 503: 'Service Unavailable' };
