// Connections as TCP gives them: ordered, whole, late at times; what is lost is lost only with its connection.
import type { Dial, Socket, SocketHandlers } from '@fettle/agent/link/socket';

import type { World } from './world.ts';

/** One machine's way to the server. */
export type Line = {
  /** Nobody can be reached, and what was connected hears nothing more. */
  isDown: boolean;
  latencyMs: number;
  bytesPerMs: number;
  /** Until this moment nothing arrives; then all of it, in its order. */
  stalledUntilMs: number;
  /** New connections are answered with 503 for a while. */
  isTurnedAway: boolean;
};

export const aLine = (): Line => ({
  isDown: false,
  latencyMs: 20,
  bytesPerMs: 1_000,
  stalledUntilMs: 0,
  isTurnedAway: false,
});

/** What the server's side of a connection is told. */
export type Accepted = {
  readonly onData: (data: string | Uint8Array) => void;
  /** With the mark of the ping. */
  readonly onPong: (mark: string) => void;
  /** Once; nothing comes after it. */
  readonly onGone: () => void;
};

/** @returns undefined where nobody listens */
export type Accept = (connection: Connection) => Accepted | undefined;

/** A kernel keeps a closed connection for the other side's answer this long. */
const CLOSE_MS = 30_000;
const RETRY_MS = 2_000;

type Side = 'agent' | 'server';

export class Connection {
  readonly #world: World;
  readonly #line: Line;
  /** Held back while the machine sleeps, dropped when its process is gone. */
  readonly #toAgent: (run: () => void) => void;
  readonly #handlers: SocketHandlers;
  readonly #isOpen = { agent: true, server: false };
  readonly #lastMs = { agent: 0, server: 0 };
  #accepted: Accepted | undefined;
  #isSwallowed = false;
  #waitingBytes = 0;

  constructor(world: World, line: Line, toAgent: (run: () => void) => void, handlers: SocketHandlers) {
    this.#world = world;
    this.#line = line;
    this.#toAgent = toAgent;
    this.#handlers = handlers;
  }

  open(accept: Accept): void {
    this.#deliver('server', 0, () => {
      if (this.#line.isTurnedAway) return this.#lose('the server answered 503', RETRY_MS);
      this.#isOpen.server = true;
      this.#accepted = accept(this);
      if (this.#accepted) return;
      this.#isOpen.server = false;
      this.#lose('connection refused');
    });
    if (this.#line.isDown) this.#world.after(10_000, () => this.#lose('no answer'));
  }

  readonly socket: Socket = {
    send: (data) => this.#send(data),
    bufferedBytes: () => this.#waitingBytes,
    close: () => this.#deliver('server', 0, () => this.#closeAtServer('closed')),
    drop: () => {
      this.#isOpen.agent = false;
      this.#deliver('server', 0, () => this.#goneAtServer());
    },
  };

  /** Of the server's side. */
  send(text: string): void {
    if (!this.#isOpen.server) return;
    this.#deliver('agent', text.length, () => {
      this.#handlers.onHeard();
      this.#handlers.onText(text);
    });
  }

  /** The answer comes with it: of the way back only what was lost on it would matter, and that is lost for both. */
  ping(mark = ''): void {
    if (!this.#isOpen.server) return;
    this.#deliver('agent', 2, () => {
      this.#handlers.onHeard();
      this.#accepted?.onPong(mark);
    });
  }

  /** The server closes: what it has sent before still arrives. */
  close(reason: string): void {
    this.#closeAtServer(reason);
  }

  /** One side's process is gone without a word; its kernel says so to the other. */
  reset(side: Side): void {
    if (side === 'server') {
      this.#isOpen.server = false;
      this.#deliver('agent', 0, () => this.#lose('connection reset'));
    } else {
      this.#isOpen.agent = false;
      this.#deliver('server', 0, () => this.#goneAtServer());
    }
  }

  /** Both sides hear of it soon; what was on its way is lost. */
  cut(): void {
    if (this.#isSwallowed) return;
    this.#isSwallowed = true;
    this.#world.after(this.#line.latencyMs, () => this.#lose('connection reset'));
    this.#world.after(this.#line.latencyMs, () => this.#goneAtServer());
  }

  /** Nothing arrives any more, and nobody says so. */
  swallow(): void {
    this.#isSwallowed = true;
  }

  #send(data: string | Uint8Array): void {
    if (!this.#isOpen.agent) return;
    this.#waitingBytes += data.length;
    this.#deliver('server', data.length, () => {
      this.#waitingBytes -= data.length;
      this.#accepted?.onData(data);
    });
  }

  /** To a side, after all that was sent to it before. */
  #deliver(side: Side, bytes: number, run: () => void): void {
    const { latencyMs, bytesPerMs, stalledUntilMs } = this.#line;
    const soonestMs = Math.max(this.#world.nowMs + latencyMs, stalledUntilMs, this.#lastMs[side]);
    const atMs = soonestMs + bytes / bytesPerMs;
    this.#lastMs[side] = atMs;
    this.#world.after(atMs - this.#world.nowMs, () => this.#arrive(side, run));
  }

  #arrive(side: Side, run: () => void): void {
    if (this.#isSwallowed || this.#line.isDown) {
      this.#isSwallowed = true;
      return;
    }
    if (side === 'server') run();
    else this.#toAgent(() => this.#isOpen.agent && run());
  }

  #lose(reason: string, retryAfterMs?: number): void {
    this.#toAgent(() => {
      if (!this.#isOpen.agent) return;
      this.#isOpen.agent = false;
      this.#handlers.onLost({ reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    });
  }

  #closeAtServer(reason: string): void {
    if (!this.#isOpen.server) return;
    this.#isOpen.server = false;
    this.#deliver('agent', 0, () => {
      this.#lose(reason);
      this.#deliver('server', 0, () => this.#goneAtServer());
    });
    this.#world.after(CLOSE_MS, () => this.#goneAtServer());
  }

  #goneAtServer(): void {
    this.#isOpen.server = false;
    const accepted = this.#accepted;
    this.#accepted = undefined;
    accepted?.onGone();
  }
}

/** @param onOpen is told of each connection, so that faults can find it */
export const dialOver =
  (
    world: World,
    line: Line,
    {
      toAgent,
      accept,
      onOpen,
    }: {
      readonly toAgent: (run: () => void) => void;
      readonly accept: Accept;
      readonly onOpen: (connection: Connection) => void;
    },
  ): Dial =>
  (handlers) => {
    const connection = new Connection(world, line, toAgent, handlers);
    onOpen(connection);
    connection.open(accept);
    return connection.socket;
  };
