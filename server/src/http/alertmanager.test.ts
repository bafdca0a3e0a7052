// A real Alertmanager sends us its alerts, and when they are over; and takes a message of ours for one of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { freshFolder, ownerOf, startTestServer } from '../fixture.ts';
import { hashOf, newSecret } from '../people/secrets.ts';

const PROGRAM = '/usr/bin/prometheus-alertmanager';
const isSkipped = !existsSync(PROGRAM) && process.env['FETTLE_CI'] !== '1';

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
};

const configOf = (url: string, token: string): string => `
route: {receiver: fettle, group_wait: 100ms, group_interval: 1s, repeat_interval: 1h, group_by: ['...']}
receivers:
  - name: fettle
    webhook_configs:
      - url: ${url}/api/v1/ingest/alertmanager
        send_resolved: true
        http_config: {authorization: {type: Bearer, credentials: ${token}}}
`;

/** @returns its address, when it listens */
const startAlertmanager = async (config: string): Promise<string> => {
  const [folder, port] = [freshFolder(), await freePort()];
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const child = spawn(PROGRAM, [
    `--config.file=${file}`,
    `--storage.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
  onTestFinished(() => ended(child));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (/Listening on|TLS is disabled/.test(line)) break;
    if (child.exitCode !== null) break;
  }
  child.stderr.resume();
  if (child.exitCode !== null) throw new Error(lines.join('\n'));
  return `http://127.0.0.1:${port}`;
};

const ended = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => void child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
};

const list = z.looseObject({
  items: z.array(z.looseObject({ state: z.string(), rule: z.string(), instance: z.string() })),
});

describe.skipIf(isSkipped)("Debian's Alertmanager", { timeout: 60_000 }, () => {
  it('tells an alert, which is one alert and one ticket, and its end', async () => {
    const server = await startTestServer();
    const home = { tenant: 'acme', tenantName: 'Acme', prefix: 'ACME', site: 'office', siteName: 'Office' };
    await server.commit({ type: 'create site', actor: SYSTEM, ...home });
    const token = newSecret('fi');
    const made = { actor: SYSTEM, id: 'i_1', hash: hashOf(token), site: 'office', name: 'alertmanager' };
    await server.commit({ type: 'create ingest token', ...made });
    const headers = await ownerOf(server);
    const items = async (path: string) => {
      const response = await fetch(`${server.url}/api/v1${path}`, { headers });
      return list.parse(await response.json()).items;
    };
    const until = async (path: string) => {
      for (;;) {
        const found = await items(path);
        if (found.length > 0) return found;
      }
    };
    const url = await startAlertmanager(configOf(server.url, token));
    const tell = async (endsInMs: number) => {
      const endsAt = new Date(Date.now() + endsInMs).toISOString();
      const labels = { alertname: 'DiskFull', severity: 'critical', host: 'db-1' };
      const alert = { labels, annotations: { summary: 'The disk of db-1 is full' }, endsAt };
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([alert]),
      });
      expect(response.status).toBe(200);
    };
    await tell(600_000);
    const open = await until('/alerts?state=open');
    const title = 'The disk of db-1 is full';
    expect(open).toMatchObject([{ rule: 'external.DiskFull', severity: 'critical', deviceName: 'external', title }]);
    expect(await items('/tickets')).toMatchObject([
      { subject: `The disk of db-1 is full ${open[0]?.instance} on external` },
    ]);
    await tell(-1);
    expect(await until('/alerts?state=resolved')).toMatchObject([{ instance: open[0]?.instance, occurrences: 1 }]);
    expect(await items('/alerts')).toHaveLength(1);
  });
});
