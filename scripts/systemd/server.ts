// The server that the guest's agent belongs to: on this machine's loopback, killed and started again on the same port.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

import { z } from 'zod';

import type { HastyOptions } from '../bench/hasty-server.ts';
import { endChild } from '../end-child.ts';

const SCRIPTS = join(import.meta.dirname, '..');
/** At its own pace: the service's times are those of life. */
const PACE = { divisor: 1, leastMs: 200 };

export class Server {
  readonly #folder: string;
  readonly #host: string;
  #child: ChildProcess | undefined;
  #port = 0;

  /** @param folder for its data; @param host how the guest calls this machine */
  constructor(folder: string, host: string) {
    this.#folder = folder;
    this.#host = host;
  }

  get url(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  /** Listening when it resolves. */
  async start(): Promise<void> {
    this.#port ||= await freePort(); // it answers to one name only, and that has the port in it
    const options: HastyOptions = { folder: this.#folder, port: this.#port, publicUrl: this.url, pace: PACE };
    const child = spawn(process.execPath, [join(SCRIPTS, 'bench', 'hasty-server.ts'), JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await once(createInterface({ input: child.stdout }), 'line');
  }

  stop(): Promise<void> {
    return endChild(this.#child, 'SIGKILL');
  }

  newToken(): string {
    const args = [join(SCRIPTS, 'server.ts'), 'token', '--data', this.#folder, '--json'];
    const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
    return z.object({ token: z.string() }).parse(JSON.parse(said)).token;
  }

  /** Why the device was away, from the first time on. */
  absences(): readonly string[] {
    return this.#column('SELECT evidence AS value FROM absences ORDER BY id');
  }

  tags(): readonly string[] {
    return this.#column('SELECT tags AS value FROM devices');
  }

  #column(sql: string): readonly string[] {
    const database = new DatabaseSync(join(this.#folder, 'fettle.db'), { readOnly: true });
    try {
      return database
        .prepare(sql)
        .all()
        .map(({ value }) => String(value));
    } finally {
      database.close();
    }
  }
}

const freePort = async (): Promise<number> => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  if (address === null || typeof address === 'string') throw new Error('no port was free');
  return address.port;
};
