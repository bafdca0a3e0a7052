// One server and one agent as on an endpoint, joined by TLS through a proxy that counts; and how they are taken apart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildAgent } from '../build/agent.ts';
import { makeCertificates } from '../certificates.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { choosePort } from '../start/port.ts';
import { BenchResident } from './bench-resident.ts';
import { BenchServer } from './bench-server.ts';

/** Until a device comes whose slow readings fall elsewhere. */
const ENROLMENTS = 1_000;
/** One start alone may cost half as much again: odd, for a median. */
const STARTS = 7;

export class Pair {
  readonly folder = mkdtempSync(join(tmpdir(), 'fettle-bench-agent-'));
  readonly server = new BenchServer();
  readonly proxy = new FaultProxy(() => (_side, bytes) => {
    this.#wireBytes += bytes.length;
  });
  readonly agent = new BenchResident(join(this.folder, 'agent'));
  #wireBytes = 0;
  #tls = { certFile: '', keyFile: '', publicUrl: '' };

  /** In both directions so far, TLS and all. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  /** @param quietMs in which no slow reading falls. @returns CPU time of the agent until it was connected, in ms: the median start */
  async start(quietMs: number): Promise<number> {
    await buildAgent();
    const { ca, cert, key } = makeCertificates(this.folder);
    const publicUrl = `https://127.0.0.1:${await this.proxy.listen()}`;
    this.#tls = { certFile: cert, keyFile: key, publicUrl };
    const port = await choosePort(undefined);
    this.proxy.to(port);
    const tls = ['--cert-file', cert, '--key-file', key, '--public-url', publicUrl];
    await this.server.start([...tls, '--port', String(port)]);
    const connection = { url: publicUrl, token: this.server.newToken(ENROLMENTS), caFile: ca };
    await this.agent.enroll(connection, quietMs);
    const costsMs = [await this.agent.start(connection)];
    while (costsMs.length < STARTS) {
      await this.agent.stop();
      costsMs.push(await this.agent.start(connection));
    }
    return median(costsMs);
  }

  /** The same Node with nothing to do: how fast this machine is at the moment. */
  nothingCpuMs(): number {
    return median(Array.from({ length: STARTS }, () => this.agent.startNothingMs()));
  }

  /** From now on every duration is a hundredth. */
  async hasten(): Promise<void> {
    const port = await choosePort(undefined);
    await this.server.hasten({ port, ...this.#tls });
    this.proxy.to(port);
    this.proxy.cut();
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.server.stop();
    this.proxy.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
