// Stands between agent and server and counts what goes over the wire, TLS and all.
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export class CountingProxy {
  #targetPort = 0;
  #bytes = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#pipe(client));

  /** In both directions so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns its port */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** From now on. */
  to(port: number): void {
    this.#targetPort = port;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #pipe(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    for (const [from, into] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        this.#bytes += chunk.length;
      });
      from.on('error', () => into.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        into.destroy();
      });
      from.pipe(into);
    }
  }
}
