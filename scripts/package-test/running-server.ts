// The installed server at work in the foreground, as its unit starts it, and what a browser would see of it.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { until } from '../until.ts';
import type { DebianRoot } from './debian-root.ts';

const AS_SERVER = ['/usr/bin/setpriv', '--reuid=fettle-server', '--regid=fettle-server', '--init-groups'];
const READY_MS = 60_000;

export class RunningServer {
  readonly #child: ChildProcess;
  #said = '';

  private constructor(root: DebianRoot) {
    this.#child = root.start([...AS_SERVER, '/usr/bin/fettle-server', 'run']);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Ready when it resolves. @param url where it is to be found */
  static async start(root: DebianRoot, url: string): Promise<RunningServer> {
    const server = new RunningServer(root);
    try {
      await until(
        'the server',
        () => statusOf(`${url}/readyz`).then((status) => (status === 200 ? true : undefined)),
        READY_MS,
      );
    } catch (error) {
      throw new Error(`it said: ${server.said}`, { cause: error });
    }
    return server;
  }

  get said(): string {
    return this.#said;
  }

  /** As systemd stops it: the first process of its namespace is told to. @returns its exit code */
  async stop(): Promise<number | null> {
    const pid = this.#child.pid ?? 0;
    const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const ended = once(this.#child, 'exit');
    process.kill(Number(inner), 'SIGTERM');
    await ended;
    return this.#child.exitCode;
  }
}

/** 0: nobody answers. */
export const statusOf = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  fetch(url, { headers }).then(
    async ({ status, body }) => {
      await body?.cancel();
      return status;
    },
    () => 0,
  );

/** @param login a link for one use. @returns the cookie of the session, "" where it was refused */
export const signInBy = async (login: string): Promise<string> => {
  const { origin, hash } = new URL(login);
  const headers = { 'content-type': 'application/json', origin };
  const body = JSON.stringify({ token: hash.slice(1) });
  const answer = await fetch(`${origin}/api/v1/session`, { method: 'POST', headers, body });
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
};
