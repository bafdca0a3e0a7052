// Where the resident agent keeps its records: on the disk, and where that cannot be, in memory. It starts in any case.

import { randomBytes } from 'node:crypto';
import { setInterval } from 'node:timers/promises';

import { messageOf } from '@fettle/shared/error';
import { SECOND_MS } from '@fettle/shared/time';

import type { KeptLane } from '../collect/spool-state.ts';
import { systemClock } from '../host/clock.ts';
import { nodeSpoolDisk } from '../host/spool-disk.ts';
import { openDiskSpool } from '../spool/disk/disk-spool.ts';
import type { SpoolHealth } from '../spool/disk/keeper.ts';
import { DISK_LIMITS } from '../spool/disk/limits.ts';
import { namesOf } from '../spool/disk/names.ts';
import { memorySpool } from '../spool/memory.ts';
import type { SeriesSets } from '../spool/series-sets.ts';
import { type Spool, lanes } from '../spool/spool.ts';

export type KeptSpool = {
  readonly spool: Spool;
  readonly lanes: () => readonly KeptLane[];
  /**
   * Resolves where there was no folder of use and there is one now, in a moment when an agent that starts anew forgets nothing.
   * Where they are kept on the disk it never does.
   */
  readonly usable: (signal: AbortSignal) => Promise<void>;
};

const RETRY_MS = 30 * SECOND_MS;

type Options = {
  readonly folder: string;
  readonly bootId: string;
  readonly sets: SeriesSets;
  /** Told of each change. */
  readonly onTrouble: (detail: string) => void;
};

export const openSpool = async ({ folder, bootId, sets, onTrouble }: Options): Promise<KeptSpool> => {
  const whys = new Map<string, string>();
  const onHealth = (health: SpoolHealth): void => {
    if (health.kept === 'disk') whys.delete(health.lane);
    else whys.set(health.lane, health.why);
    const where = health.kept === 'disk' ? 'on the disk again' : `in memory alone: ${health.why}`;
    onTrouble(`${health.lane} are kept ${where}`);
  };
  const state: KeptSpool['lanes'] = () =>
    lanes.map((lane) => {
      const why = whys.get(lane);
      return why === undefined ? { lane } : { lane, why };
    });
  const names = namesOf(sets);
  const open = (): Promise<Spool> =>
    openDiskSpool({ disk: nodeSpoolDisk(folder), clock: systemClock, newEpoch, bootId, names, onHealth });
  try {
    return { spool: await open(), lanes: state, usable: () => new Promise(() => undefined) };
  } catch (error) {
    for (const lane of lanes) onHealth({ lane, kept: 'memory', why: messageOf(error) });
    const spool = memorySpool({ newEpoch, maxBytes: DISK_LIMITS.memoryBytes });
    return { spool, lanes: state, usable: (signal) => untilUsable(spool, open, signal) };
  }
};

const untilUsable = async (spool: Spool, open: () => Promise<Spool>, signal: AbortSignal): Promise<void> => {
  for await (const _ of setInterval(RETRY_MS, undefined, { signal, ref: false })) {
    if (lanes.every((lane) => spool.counts(lane).pending === 0) && (await canOpen(open))) return;
  }
};

const canOpen = async (open: () => Promise<Spool>): Promise<boolean> => {
  try {
    await (await open()).close();
    return true;
  } catch {
    return false;
  }
};

const newEpoch = (): string => randomBytes(16).toString('base64url');
