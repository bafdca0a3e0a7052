// The agent of this machine, for the server of this machine: enrolled by itself, kept running, stopped with the rest.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Server } from '@fettle/server/app';
import { SYSTEM } from '@fettle/server/domain/actor';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { MINUTE_MS } from '@fettle/shared/time';
import { z } from 'zod';

import { agentEnvironment, agentFile, agentFlags } from '../build/agent.ts';
import { keepRunning } from './child.ts';

const CONNECT_MS = 30_000;
const POLL_MS = 20;

const identity = z.looseObject({ enrolled: z.looseObject({ deviceId: z.string(), serverId: z.string() }).nullable() });

export type LocalAgent = {
  /** The device that it is, once it is connected; undefined when that took too long. */
  readonly connected: Promise<string | undefined>;
  readonly stop: () => Promise<void>;
};

/** @param folder for the agent's files @param site that it is enrolled into */
export const startLocalAgent = async (server: Server, folder: string, site: string): Promise<LocalAgent> => {
  const known = readIdentity(folder);
  const isOurs = known?.serverId === server.serverId && (await server.ask('device', SYSTEM, { id: known.deviceId }));
  if (known && !isOurs) rmSync(join(folder, 'identity.json'));
  const tokenFile = join(folder, 'enrol-token');
  if (!isOurs) await writeToken(server, tokenFile, site);
  const child = keepRunning({
    args: [...agentFlags, agentFile, 'run', '--stop-on-eof'],
    env: {
      FETTLE_DATA_DIR: folder,
      FETTLE_SERVER_URL: server.addresses.url,
      FETTLE_TOKEN_FILE: tokenFile,
      FETTLE_LOG_LEVEL: process.env['FETTLE_LOG_LEVEL'] ?? 'warn',
      ...agentEnvironment,
    },
    onExit: (code) => process.stderr.write(`the local agent ended with ${code}; starting it again\n`),
  });
  return { connected: untilConnected(server, folder), stop: () => child.stop() };
};

const readIdentity = (folder: string) => {
  try {
    return identity.parse(JSON.parse(readFileSync(join(folder, 'identity.json'), 'utf8'))).enrolled ?? undefined;
  } catch {
    return undefined;
  }
};

const writeToken = async (server: Server, path: string, site: string): Promise<void> => {
  const token = newSecret('ft');
  const expiresMs = Date.now() + 10 * MINUTE_MS;
  await server.commit({ type: 'create enrol token', actor: SYSTEM, hash: hashOf(token), site, expiresMs, maxUses: 1 });
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(path, token, { mode: 0o600 });
};

const untilConnected = async (server: Server, folder: string): Promise<string | undefined> => {
  const deadline = performance.now() + CONNECT_MS;
  while (performance.now() < deadline) {
    const device = readIdentity(folder)?.deviceId;
    if (device !== undefined && server.isConnected(device)) return device;
    await sleep(POLL_MS);
  }
  return undefined;
};
