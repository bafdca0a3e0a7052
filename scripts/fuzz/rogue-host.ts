// The server's own parts from a session down to the disk, for rogues to talk to: its writer's thread, its fleet, no network.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Claims } from '@fettle/server/ingest/claims';
import { INTERVALS } from '@fettle/shared/wire/intervals';

import { type Device, newDevice } from '../../server/src/domain/device.ts';
import { ruleBookAt } from '../../server/src/domain/rule-book.ts';
import { Fleet } from '../../server/src/ingest/fleet.ts';
import { Pressure } from '../../server/src/ingest/pressure.ts';
import type { Ingest } from '../../server/src/ingest/session.ts';
import { openFettle } from '../../server/src/store/fettle.ts';
import { startThreads } from '../../server/src/thread/start.ts';

export const SERVER_ID = `s_${'s'.repeat(22)}`;
export const ROGUE_NAME = 'rogue';
const PACE = { divisor: 1 };
const BOOK = ruleBookAt(PACE);

export type RogueHost = {
  readonly ingest: Ingest;
  readonly close: () => Promise<void>;
};

/** @param devices that are enrolled; @param onCrash is told of what must never happen */
export const startHost = async (
  devices: readonly { readonly id: string; readonly publicKey: string }[],
  onCrash: (what: string, error: unknown) => void,
): Promise<RogueHost> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-fuzz-'));
  const fleet = new Fleet();
  const stores = openFettle(folder);
  stores.tenants.put('t', 'Tenant', 'T');
  stores.tenants.putSite('site', 't', 'Site');
  for (const known of devices) {
    const device = deviceOf(known);
    stores.devices.put(device);
    fleet.add(device, new Set());
  }
  stores.db.close();
  const threads = await startThreads(
    { folder, divisor: 1 },
    (error) => onCrash('a thread', error),
    () => undefined,
  );
  const ingest: Ingest = {
    serverId: SERVER_ID,
    bookFor: () => BOOK,
    fleet,
    pressure: new Pressure(),
    ask: threads.ask,
    commit: async (event) => {
      // of a good hello of theirs nothing is new: to write each down would cost more than all that is tried here
      if (event.type === 'hello' && event.hostname === ROGUE_NAME) return { is: 'done' };
      const outcome = await threads.commit(event);
      // nothing that passed the schemas may be more than the store can take
      if (outcome.is === 'refused' && outcome.code === 'internal')
        onCrash(`the writer, of a ${event.type}`, outcome.message);
      return outcome;
    },
    intervals: () => INTERVALS,
    nowMs: () => Date.now(),
    count: () => undefined,
    onReadings: () => undefined,
    claims: new Claims(() => Promise.resolve()),
  };
  const close = async (): Promise<void> => {
    await threads.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ingest, close };
};

const deviceOf = ({ id, publicKey }: { readonly id: string; readonly publicKey: string }): Device =>
  newDevice(
    {
      id,
      tenant: 't',
      site: 'site',
      publicKey,
      hostname: ROGUE_NAME,
      os: 'linux',
      class: 'server',
      agentVersion: '1',
      presence: 'online',
    },
    0,
  );
