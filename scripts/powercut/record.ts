// One agent tells a real server some dozens of things, while strace writes down what the server does to its disk.
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SECOND_MS } from '@fettle/shared/time';
import { z } from 'zod';

import { endChild } from '../end-child.ts';
import { enrolMany } from '../load/enrol.ts';
import { PlainAgent } from '../load/plain-agent.ts';
import type { Image } from './disk.ts';
import { CALLS, type DiskEvent, parseTrace } from './trace.ts';

const SERVER = join(import.meta.dirname, '..', 'server.ts');
const ROUNDS = 40;
const WAIT_MS = 60 * SECOND_MS;
const LOOK_MS = 5;

/** The databases and their logs; not what is rebuilt at each start (-shm), nor copies. */
const isDatabase = (name: string): boolean => /^(?:fettle|metrics)\.db(?:-wal|-journal)?$/.test(name);

export type Recording = {
  /** As they were before the server was started. */
  readonly before: Image;
  readonly events: readonly DiskEvent[];
  /** What each record of a lane was about, by its number. */
  readonly alerts: ReadonlyMap<number, string>;
  readonly batches: ReadonlyMap<number, number>;
};

/** @param folder empty */
export const record = async (folder: string): Promise<Recording> => {
  const data = join(folder, 'server');
  await (await startServer(data, [])).stop();
  const keysFile = join(folder, 'keys.json');
  const serverId = enrolMany(data, 1, [keysFile]);
  const names = readdirSync(data).filter(isDatabase);
  const before = new Map(names.map((name) => [name, readFileSync(join(data, name))]));
  const trace = join(folder, 'trace');
  const server = await startServer(data, [
    'strace',
    '-f',
    '-y',
    '-xx',
    '-s',
    '1000000',
    '-e',
    `trace=${CALLS}`,
    '-o',
    trace,
  ]);
  let told: Awaited<ReturnType<typeof tell>>;
  try {
    told = await tell(server.url, serverId, keysFile);
  } finally {
    await server.stop();
  }
  return { before, events: parseTrace(readFileSync(trace, 'utf8'), isDatabase), ...told };
};

const tell = async (
  url: string,
  serverId: string,
  keysFile: string,
): Promise<Pick<Recording, 'alerts' | 'batches'>> => {
  const [alerts, batches] = [new Map<number, string>(), new Map<number, number>()];
  const agent = new PlainAgent(keyIn(keysFile), { url, serverId, ruleSet: '', onAlertAcked: () => undefined });
  agent.start();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [instance, t0Ms] = [`/volume-${round}`, 1_763_856_000_000 + round * 10 * SECOND_MS];
    const [alert, batch] = [await agent.alert(instance), await agent.batch(t0Ms)];
    alerts.set(alert, instance);
    batches.set(batch, t0Ms);
    // some together in one group of the writer, some alone
    if (round % 3 > 0) await until(() => agent.acked('alerts') >= alert && agent.acked('metrics') >= batch);
  }
  await until(() => agent.acked('alerts') >= Math.max(...alerts.keys()) && agent.acked('metrics') >= ROUNDS);
  agent.stop();
  return { alerts, batches };
};

const keys = z.array(z.strictObject({ deviceId: z.string(), key: z.string() })).length(1);

const keyIn = (file: string) => {
  const [{ deviceId, key } = { deviceId: '', key: '' }] = keys.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { deviceId, key: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }) };
};

const running = z.object({ url: z.string(), pid: z.int() });

/** @param under what to run it with. A stop is the server's own: it takes its log back into the file. */
const startServer = async (data: string, under: readonly string[]) => {
  const args = [...under, process.execPath, SERVER, 'run', '--data', data, '--port', '0', '--log-level', 'warn'];
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, { stdio: ['ignore', 2, 2] });
  await once(child, 'spawn');
  const state = await until(() => (child.exitCode === null ? readState(data) : undefined)).catch(
    async (error: unknown) => {
      await endChild(child, 'SIGKILL');
      throw error;
    },
  );
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    process.kill(state.pid, 'SIGTERM');
    await ended;
  };
  return { url: state.url, stop };
};

const readState = (data: string): z.infer<typeof running> | undefined => {
  try {
    return running.parse(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')));
  } catch {
    return undefined; // not yet
  }
};

const until = async <T>(ask: () => T | undefined | false): Promise<T> => {
  for (const deadlineMs = performance.now() + WAIT_MS; ; await sleep(LOOK_MS)) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadlineMs) throw new Error(`no answer within ${WAIT_MS / SECOND_MS} s`);
  }
};
