// Where the resident agent keeps its records: on the disk, and where that cannot be, in memory. It starts in any case.

import { randomBytes } from 'node:crypto';

import { messageOf } from '@fettle/shared/error';

import type { LaneState } from '../collect/spool-state.ts';
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
  readonly lanes: () => readonly LaneState[];
};

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
  try {
    const disk = nodeSpoolDisk(folder);
    const spool = await openDiskSpool({ disk, clock: systemClock, newEpoch, bootId, names, onHealth });
    return { spool, lanes: state };
  } catch (error) {
    for (const lane of lanes) onHealth({ lane, kept: 'memory', why: messageOf(error) });
    const { alerts, metrics } = DISK_LIMITS.memoryBytes;
    const limits = { alerts: { maxBytes: alerts }, metrics: { maxBytes: metrics } };
    return { spool: memorySpool({ newEpoch, limits }), lanes: state };
  }
};

const newEpoch = (): string => randomBytes(16).toString('base64url');
