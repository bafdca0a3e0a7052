// A server of its own for a benchmark: a process whose cost can be read, on a folder that goes with it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readState } from '@fettle/server/cli/state-file';
import { z } from 'zod';

import { endChild } from '../end-child.ts';
import type { HastyOptions } from './hasty-server.ts';

const SCRIPT = join(import.meta.dirname, '..', 'server.ts');
const HASTY_SCRIPT = join(import.meta.dirname, 'hasty-server.ts');
/** A hundred times faster than ever. */
const SOAK_PACE = { divisor: 100, leastMs: 10 };
const START_MS = 10_000;

type Hastened = {
  readonly port: number;
  readonly certFile: string;
  readonly keyFile: string;
  readonly publicUrl: string;
};

export class BenchServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  #child: ChildProcess | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Of the databases and their logs. */
  get diskBytes(): number {
    return readdirSync(this.#folder).reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0);
  }

  /** @param flags further ones */
  start(flags: readonly string[] = []): Promise<void> {
    return this.#run([SCRIPT, 'run', '--data', this.#folder, '--port', '0', '--log-level', 'error', ...flags]);
  }

  /** Again, on the same data, a hundred times faster than ever. */
  async hasten({ port, certFile, keyFile, publicUrl }: Hastened): Promise<void> {
    await endChild(this.#child, 'SIGTERM');
    this.#url = '';
    const options: HastyOptions = {
      folder: this.#folder,
      port,
      publicUrl,
      tls: { certFile, keyFile },
      pace: SOAK_PACE,
    };
    await this.#run([HASTY_SCRIPT, JSON.stringify(options)]);
  }

  async #run(args: readonly string[]): Promise<void> {
    this.#child = spawn(process.execPath, [...args], { stdio: ['ignore', 2, 2] });
    for (const deadline = performance.now() + START_MS; this.#url === '';) {
      if (performance.now() > deadline) throw new Error('the server did not start');
      await sleep(20);
      this.#url = readState(this.#folder)?.url ?? '';
    }
  }

  newToken(uses: number): string {
    const args = [SCRIPT, 'token', '--data', this.#folder, '--uses', String(uses), '--json'];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return z.object({ token: z.string() }).parse(JSON.parse(stdout)).token;
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
