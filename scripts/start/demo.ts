// The demo fleet beside the server: comes with --demo N, goes with --demo 0.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { Server } from '@fettle/server/app';
import { SYSTEM } from '@fettle/server/domain/actor';
import { HURRY, paced } from '@fettle/server/domain/times';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { endByStdin } from '../end-child.ts';

const DEMO = { tenant: 'demo', tenantName: 'Demo', prefix: 'DEMO', site: 'demo', siteName: 'Demo' } as const;
/** Half an hour is caught up with in this time. */
const CATCH_UP_MS = 15 * SECOND_MS;
const STOP_MS = 3_000;

/** @param devices to simulate; what an earlier demo has left is removed. @returns what stops it */
export const startDemo = async (server: Server, devices: number, isHurry: boolean): Promise<() => Promise<void>> => {
  await server.commit({ type: 'create site', actor: SYSTEM, ...DEMO });
  await server.commit({ type: 'remove devices', actor: SYSTEM, tenant: DEMO.tenant });
  if (devices === 0) return () => Promise.resolve();
  const token = newSecret('ft');
  const expiresMs = Date.now() + HOUR_MS;
  const made = { hash: hashOf(token), site: DEMO.site, expiresMs, maxUses: devices };
  await server.commit({ type: 'create enrol token', actor: SYSTEM, ...made });
  const backMs = paced({ divisor: isHurry ? HURRY : 1 }, 30 * MINUTE_MS);
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'demo.ts')], { stdio: ['pipe', 2, 2] });
  const order = { url: server.addresses.url, token, devices, backMs, rate: 1 + backMs / CATCH_UP_MS };
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  return () => endByStdin(child, STOP_MS);
};
