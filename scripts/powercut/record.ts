// One agent tells a real server some dozens of things, while strace writes down what the server does to its disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readState } from '@fettle/server/cli/state-file';
import { SECOND_MS } from '@fettle/shared/time';

import { endChild } from '../end-child.ts';
import { enrolMany, readKeys } from '../load/enrol.ts';
import { PlainAgent } from '../load/plain-agent.ts';
import { until } from '../until.ts';
import type { Image } from './disk.ts';
import { CALLS, type DiskEvent, parseTrace } from './trace.ts';

const SERVER = join(import.meta.dirname, '..', 'server.ts');
const ROUNDS = 40;
const WAIT_MS = 60 * SECOND_MS;

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
  const [owner] = readKeys(keysFile);
  if (!owner) throw new Error(`${keysFile} has no device`);
  const agent = new PlainAgent(owner, { url, serverId, ruleSet: '', onAlertAcked: () => undefined });
  agent.start();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [instance, t0Ms] = [`/volume-${round}`, 1_763_856_000_000 + round * 10 * SECOND_MS];
    const [alert, batch] = [await agent.alert(instance), await agent.batch(t0Ms)];
    alerts.set(alert, instance);
    batches.set(batch, t0Ms);
    // some together in one group of the writer, some alone
    if (round % 3 > 0)
      await until(
        'its acknowledgements',
        () => agent.acked('alerts') >= alert && agent.acked('metrics') >= batch,
        WAIT_MS,
      );
  }
  const isAcked = () => agent.acked('alerts') >= Math.max(...alerts.keys()) && agent.acked('metrics') >= ROUNDS;
  await until('the last acknowledgements', isAcked, WAIT_MS);
  agent.stop();
  return { alerts, batches };
};

/** @param under what to run it with. A stop is the server's own: it takes its log back into the file. */
const startServer = async (data: string, under: readonly string[]) => {
  const args = [...under, process.execPath, SERVER, 'run', '--data', data, '--port', '0', '--log-level', 'warn'];
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, { stdio: ['ignore', 2, 2] });
  await once(child, 'spawn');
  const said = () => (child.exitCode === null ? readState(data) : undefined);
  const state = await until('the server', said, WAIT_MS).catch(async (error: unknown) => {
    await endChild(child, 'SIGKILL');
    throw error;
  });
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    process.kill(state.pid, 'SIGTERM');
    await ended;
  };
  return { url: state.url, stop };
};
