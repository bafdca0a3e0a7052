// A server on a real volume that fills up: readings wait with the agents, alerts and people go on, and it heals by itself.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { RecordBody } from '@fettle/shared/wire/record.schema';
import Database from 'better-sqlite3';
import pino from 'pino';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { Mounts } from '../../test/support/mounts.ts';
import { missing, needs } from '../../test/support/needs.ts';
import { SYSTEM } from './domain/actor.ts';
import { freshFolder, startTestServer } from './fixture.ts';
import { TestAgent, type TestDevice, enrolDevice, randomText } from './ingest/test-agent.ts';
import { hashOf, newSecret } from './people/secrets.ts';
import { Ballast } from './store/ballast.ts';
import { checkFolder } from './store/check/folder.ts';
import { GROUP_MAX } from './thread/committer.ts';

const { skip, why } = missing(needs.linux, needs.root);
const MIB = 1024 * 1024;
const SIZE_MIB = 32;

const mounts = new Mounts(freshFolder());
afterAll(() => mounts.remove());

/** To the last byte. @returns what makes room again */
const fill = (folder: string): (() => void) => {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  for (let size = MIB; size > 0;) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size >>= 1;
    }
  }
  closeSync(file);
  return () => rmSync(path, { force: true });
};

const fire = (instance: string): RecordBody => {
  const atMs = Date.now();
  const told = { change: 'fire', rule: 'disk.space', ruleHash: 'h', instance, severity: 'warning' } as const;
  return { kind: 'transition', transition: { ...told, at: atMs, since: atMs, reason: 'threshold', evidence: [] } };
};

const series = Array.from({ length: 24 }, (_, n) => ({
  metric: 'system.cpu.utilization',
  attributes: { core: String(n) },
}));
/** Large enough that no page to spare takes them. */
const columns = series.map((_, s) => Array.from({ length: 250 }, (__, n) => (n * 7_919 + s) % 10_007));

describe.skipIf(skip)(`a full disk${why}`, { timeout: 60_000 }, () => {
  let makeRoom: () => void = () => undefined;
  afterEach(() => makeRoom());

  const start = async (folder: string) => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const server = await startTestServer({ folder, log });
    const ready = async () => (await fetch(`${server.url}/readyz`)).json();
    const look = () => server.commit({ type: 'look for room' });
    const ballast = new Ballast(folder);
    const whole = () =>
      until('the ballast', async () => (await look()).is === 'done' && ballast.bytes >= ballast.fullBytes);
    return { ...server, folder, lines, ready, whole, ballast };
  };
  type Started = Awaited<ReturnType<typeof start>>;

  const connect = async (
    { url }: Started,
    device: TestDevice,
    epochs: { readonly alerts: string; readonly metrics: string },
  ) => {
    const lanes = { alerts: { epoch: epochs.alerts, next: 1 }, metrics: { epoch: epochs.metrics, next: 1 } };
    const agent = await TestAgent.connect(url, device, { lanes });
    agent.announce(series);
    return agent;
  };

  const signsIn = async ({ url, folder }: Started): Promise<number> => {
    // as `fettle-server login-link` does it, in a process of its own
    const code = `import { change } from ${JSON.stringify(join(import.meta.dirname, 'cli/change.ts'))};
      change(${JSON.stringify(folder)}, JSON.parse(process.argv[1]));`;
    const secret = newSecret('fl');
    const event = { type: 'create login link', actor: SYSTEM, hash: hashOf(secret), expiresMs: Date.now() + 60_000 };
    execFileSync(process.execPath, ['--input-type=module', '-e', code, JSON.stringify(event)]);
    const headers = { 'content-type': 'application/json', origin: url };
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ token: secret }),
    });
    return answer.status;
  };

  const count = (server: Started, sql: string, file: 'fettle' | 'metrics' = 'fettle'): Promise<number> =>
    import('better-sqlite3').then(({ default: Database }) => {
      const db = new Database(join(server.folder, `${file}.db`), { readonly: true });
      const found = db.prepare<[], number>(sql).pluck().get() ?? -1;
      db.close();
      return found;
    });

  it('holds readings back, lets alerts become tickets and people in, says so, and takes all when there is room', async () => {
    const server = await start(mounts.mount('volume', '-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs'));
    await server.whole();
    expect(server.ballast.bytes).toBe((SIZE_MIB * MIB) / 16);
    const device = await enrolDevice(server);
    const epochs = { alerts: randomText(16), metrics: randomText(16) };
    const agent = await connect(server, device, epochs);
    agent.batch(1, Date.now() - 600_000, columns);
    await agent.acked('metrics', 1);

    makeRoom = fill(server.folder);
    for (let seq = 2; seq <= 40; seq += 1) agent.batch(seq, Date.now() - 600_000 + seq, columns);
    await until('a word in the log', () => server.lines.some((line) => line.includes('the disk is full')));
    for (let seq = 1; seq <= 20; seq += 1) agent.record(epochs.alerts, seq, fire(`/${seq}`));
    await agent.acked('alerts', 20);
    expect(agent.isOpen).toBe(true);
    expect(await count(server, 'SELECT count(*) FROM alerts WHERE ticket IS NOT NULL')).toBe(20);
    expect(await signsIn(server)).toBe(204);
    expect(await count(server, "SELECT count(*) FROM audit WHERE action = 'person.sign in'")).toBe(1);
    expect(await server.ready()).toEqual({ status: 'ready', problems: ['disk_full'] });
    const backupFolder = join(server.folder, 'backups');
    const findings = checkFolder({ folder: server.folder, backupFolder, nowMs: Date.now() });
    expect(findings).toContainEqual(
      expect.objectContaining({ what: 'space on the disk', level: expect.not.stringMatching('ok') as unknown }),
    );
    expect(server.lines.filter((line) => line.includes('the disk is full'))).toHaveLength(1);
    const ackedBefore = await count(server, 'SELECT seq FROM metric_marks', 'metrics');
    expect(ackedBefore).toBeLessThan(40);

    makeRoom();
    // by itself: each 5 s it is looked for
    expect(await agent.ends()).toMatchObject({ code: 1013 });
    const again = await connect(server, device, epochs);
    expect((await again.hears('welcome')).marks.metrics).toMatchObject({ seq: ackedBefore });
    for (let seq = ackedBefore + 1; seq <= 40; seq += 1) again.batch(seq, Date.now() - 600_000 + seq, columns);
    await again.acked('metrics', 40);
    expect(await count(server, 'SELECT count(*) FROM hot', 'metrics')).toBe(40);
    expect(await server.ready()).toEqual({ status: 'ready' });
    await server.whole();
    expect(server.lines.filter((line) => line.includes('there is room on the disk again'))).toHaveLength(1);
    expect(
      checkFolder({ folder: server.folder, backupFolder, nowMs: Date.now() }).filter(({ level }) => level === 'bad'),
    ).toEqual([]);
  });

  it('lets go of those too who were held back in the very group that found room', async () => {
    const server = await start(mounts.mount('one-group', '-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs'));
    await server.whole();
    const own = () => ({ alerts: randomText(16), metrics: randomText(16) });
    const first = await connect(server, await enrolDevice(server), own());
    const second = await connect(server, await enrolDevice(server), own());
    makeRoom = fill(server.folder);
    for (let seq = 1; seq <= 40; seq += 1) first.batch(seq, Date.now() - 600_000 + seq, columns);
    await until('a word in the log', () => server.lines.some((line) => line.includes('the disk is full')));

    const other = new Database(join(server.folder, 'fettle.db'));
    other.exec('BEGIN IMMEDIATE');
    // a whole group is sent at once, and waits for the other program: what comes now is of the next one
    for (let count = 0; count < GROUP_MAX; count += 1) void server.commit({ type: 'due' });
    second.batch(1, Date.now() - 600_000, columns);
    await second.isStillThere();
    makeRoom();
    const found = server.commit({ type: 'look for room' });
    other.exec('ROLLBACK');
    other.close();
    expect(await found).toEqual({ is: 'done' });
    expect(await first.ends()).toMatchObject({ code: 1013 });
    expect(await second.ends()).toMatchObject({ code: 1013 });
  });

  it('is no reason not to start', async () => {
    const folder = mounts.mount('start', '-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs');
    const before = await start(folder);
    await before.whole();
    await before.close();
    makeRoom = fill(folder);
    const server = await start(folder);
    expect(existsSync(join(folder, 'ballast')) && statSync(join(folder, 'ballast')).size).toBeLessThan(
      (SIZE_MIB * MIB) / 16,
    );
    const device = await enrolDevice(server);
    expect(device.id).toMatch(/^d_/);
  });
});
