// The server that installed agents talk to: ours, in this process, on loopback; it can go away and come back as the same.
import type { Server } from '@fettle/server/app';
import { SYSTEM } from '@fettle/server/domain/actor';
import { HOME } from '@fettle/server/domain/home';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { HOUR_MS } from '@fettle/shared/time';

import { startHurriedServer } from '../hurried-server.ts';

export class Office {
  readonly #folder: string;
  #port = 0;
  #server: Server | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const isFirst = this.#port === 0;
    const folder = this.#folder;
    this.#server = await startHurriedServer(folder, this.#port, 'error');
    this.#port = this.#server.port;
    if (isFirst) await this.#server.commit({ type: 'create site', actor: SYSTEM, ...HOME });
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** For one enrolment. */
  async newToken(): Promise<string> {
    const secret = newSecret('ft');
    const expiresMs = Date.now() + HOUR_MS;
    const about = { hash: hashOf(secret), site: HOME.site, expiresMs, maxUses: 1 };
    await this.#opened.commit({ type: 'create enrol token', actor: SYSTEM, ...about });
    return secret;
  }

  devices() {
    return this.#opened.ask('all devices', SYSTEM, {});
  }

  async readings(): Promise<number> {
    const [device] = await this.devices();
    if (!device) return 0;
    return (await this.#opened.ask('newest readings', SYSTEM, { device: device.id })).length;
  }

  /** How many records of alerts it has taken from the one device. */
  async taken(): Promise<number> {
    const [device] = await this.devices();
    if (!device) return 0;
    return (await this.#opened.ask('device marks', SYSTEM, { id: device.id })).alerts?.seq ?? 0;
  }

  get #opened(): Server {
    if (!this.#server) throw new Error('the server is closed');
    return this.#server;
  }
}
