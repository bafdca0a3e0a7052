// The installed agent at work, as its unit starts it: by the agent's user, ended by its stdin.
import type { ChildProcess } from 'node:child_process';

import { endByStdin } from '../end-child.ts';
import type { DebianRoot } from './debian-root.ts';

const AS_FETTLE = ['/usr/bin/setpriv', '--reuid=fettle', '--regid=fettle', '--init-groups'];
const STOP_MS = 15_000;

export class RunningAgent {
  readonly #child: ChildProcess;
  #said = '';

  constructor(root: DebianRoot) {
    this.#child = root.start([...AS_FETTLE, '/usr/bin/fettle-agent', 'run', '--stop-on-eof']);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
  }

  get said(): string {
    return this.#said;
  }

  /** @returns its exit code */
  async stop(): Promise<number | null> {
    await endByStdin(this.#child, STOP_MS);
    return this.#child.exitCode;
  }
}
