// Stands between agent and server and does what networks do: delay, throttle, swallow everything, cut.
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export type Fault =
  | { readonly kind: 'none' }
  /** A half-open link: what is sent is taken, and goes nowhere. */
  | { readonly kind: 'swallow' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };

export type Side = 'agent' | 'server';
/** Of one connection: the bytes in the order in which that side sent them, whatever becomes of them. */
export type Listener = (from: Side, bytes: Buffer) => void;

const NONE: Fault = { kind: 'none' };

export class FaultProxy {
  readonly #listen: (() => Listener) | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  #targetPort = 0;
  #fault: Fault = NONE;

  /** @param listen asked for each new connection */
  constructor(listen?: () => Listener) {
    this.#listen = listen;
  }

  /** @returns its port */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** From the next connection on. */
  to(port: number): void {
    this.#targetPort = port;
  }

  /** From now on, for every connection. What was swallowed is missing: after it, connections are cut. */
  set(fault: Fault): void {
    const wasSwallowing = this.#fault.kind === 'swallow';
    this.#fault = fault;
    if (wasSwallowing && fault.kind !== 'swallow') this.cut();
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    const heard = this.#listen?.();
    this.#carry(client, server, (bytes) => heard?.('agent', bytes));
    this.#carry(server, client, (bytes) => heard?.('server', bytes));
  }

  #carry(from: Socket, into: Socket, heard: (bytes: Buffer) => void): void {
    const line = new Line(into);
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      heard(bytes);
      line.send(bytes, this.#fault);
    });
    from.on('end', () => line.end());
    from.on('error', () => into.destroy());
    from.on('close', (hadError) => {
      this.#sockets.delete(from);
      if (hadError || !from.readableEnded) into.destroy();
    });
  }
}

/** One direction: nothing overtakes, however the fault changes. */
class Line {
  readonly #into: Socket;
  #freeAtMs = 0;

  constructor(into: Socket) {
    this.#into = into;
  }

  send(bytes: Buffer, fault: Fault): void {
    if (fault.kind === 'swallow') return;
    const nowMs = performance.now();
    const startMs = Math.max(this.#freeAtMs, nowMs + (fault.kind === 'delay' ? fault.ms : 0));
    const tookMs = fault.kind === 'throttle' ? (bytes.length / fault.bytesPerSecond) * 1000 : 0;
    this.#at(startMs + tookMs, nowMs, () => this.#into.write(bytes));
  }

  end(): void {
    this.#at(this.#freeAtMs, performance.now(), () => this.#into.end());
  }

  #at(dueMs: number, nowMs: number, act: () => void): void {
    this.#freeAtMs = dueMs;
    const run = (): void => {
      if (!this.#into.destroyed) act();
    };
    if (dueMs <= nowMs) run();
    else setTimeout(run, dueMs - nowMs);
  }
}
