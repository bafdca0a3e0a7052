// The power goes within each change that an agent's spool makes to its disk, and comes back to what a disk may have left.

import { openDiskSpool } from '@fettle/agent/spool/disk/disk-spool';
import { DISK_LIMITS, type DiskLimits } from '@fettle/agent/spool/disk/limits';
import { SimDisk } from '@fettle/agent/spool/disk/sim-disk';
import type { Spool } from '@fettle/agent/spool/spool';
import type { Clock, Rng } from '@fettle/shared/time';

import { Random } from '../sim/random.ts';

export type SpoolFigures = { readonly images: number; readonly moments: number; readonly problems: readonly string[] };

const LEFTOVERS = ['kept', 'lost', 'torn'] as const;
const AT = 1_763_856_000_000;
const APPENDS = 60;
/** Small, so that segments are begun, acknowledged and removed on the way. */
const LIMITS: DiskLimits = {
  ...DISK_LIMITS,
  segmentBytes: 450,
  ackedAlerts: { maxBytes: 2_000, maxAgeMs: DISK_LIMITS.ackedAlerts.maxAgeMs },
  free: { bytes: 0, share: 0 },
  ballastBytes: 0,
};

/** What the agent was told to be safe, by its number, and how far the server has it. */
type Promised = { epoch: string; readonly safe: Map<number, number>; acked: number; issued: number };

/** @param most images, each from a run of its own seed and cut */
export const cutSpools = async (most: number, seed: number): Promise<SpoolFigures> => {
  const problems: string[] = [];
  let [images, moments, round] = [0, 0, 0];
  for (; images < most; round += 1) {
    const whole = new SimDisk({ rng: new Random(seed + round).next });
    await play(whole, new Random(seed + round).next);
    for (let cut = 0; cut < whole.ops && images < most; cut += 1) {
      const disk = new SimDisk({ rng: new Random(seed + round).next });
      disk.cutAfter(cut);
      const promised = await play(disk, new Random(seed + round).next);
      moments += 1;
      for (const leftover of LEFTOVERS.slice(0, most - images)) {
        images += 1;
        const rebooted = disk.reboot(leftover, new Random(images).next);
        const name = `seed ${seed + round}, cut ${cut}, ${leftover}`;
        problems.push(...(await look(rebooted, promised)).map((problem) => `${name}: ${problem}`));
      }
    }
  }
  return { images, moments, problems };
};

/** Appends, acknowledgements and starts, until the end or the cut. */
const play = async (disk: SimDisk, rng: Rng): Promise<Promised> => {
  const promised: Promised = { epoch: '', safe: new Map(), acked: 0, issued: 0 };
  try {
    let spool = await open(disk);
    for (let id = 1; id <= APPENDS; id += 1) {
      promised.epoch = spool.counts('alerts').epoch;
      promised.issued = id;
      // some wait for one sync together
      const appended = spool
        .append('alerts', payloadOf(id), AT)
        .then((seq) => !disk.isOff && promised.safe.set(seq, id));
      if (rng() < 0.6) await appended;
      if (rng() < 0.3) await spool.append('metrics', payloadOf(id), AT);
      if (rng() < 0.2) promised.acked = acknowledge(spool, promised, rng);
      if (rng() < 0.05) {
        await spool.close();
        spool = await open(disk);
      }
    }
    await spool.close();
  } catch (error) {
    if (!disk.isOff) throw error;
  }
  return promised;
};

/** The server has what it was sent: nothing that is not safe here is sent. */
const acknowledge = (spool: Spool, { epoch, safe, acked }: Promised, rng: Rng): number => {
  const seq = acked + Math.floor(rng() * (Math.max(acked, ...safe.keys()) - acked + 1));
  return spool.ack('alerts', epoch, seq) ? seq : acked;
};

const look = async (disk: SimDisk, { epoch, safe, acked, issued }: Promised): Promise<readonly string[]> => {
  try {
    const spool = await open(disk);
    const { nextSeq, epoch: found } = spool.counts('alerts');
    const last = Math.max(0, ...safe.keys());
    const records = await spool.read('alerts', 0, 1_000);
    const kept = new Map(records.flatMap((one) => (one.kind === 'data' ? [[one.seq, one.payload] as const] : [])));
    const problems = [
      ...(safe.size > 0 && found !== epoch ? ['another epoch'] : []),
      ...(nextSeq <= last ? [`goes on at ${nextSeq}, but ${last} was safe`] : []),
      ...[...safe].filter(([seq]) => seq > acked && !kept.has(seq)).map(([seq]) => `${seq} was safe, and is gone`),
      ...[...kept]
        .filter(([seq, payload]) => !isWhole(payload, safe.get(seq), issued))
        .map(([seq]) => `${seq} is not as it was`),
    ];
    const next = await spool.append('alerts', payloadOf(APPENDS + 1), AT);
    await spool.close();
    return next === nextSeq ? problems : [...problems, `the next is ${next}, not ${nextSeq}`];
  } catch (error) {
    return [`it does not open: ${String(error)}`];
  }
};

/** Of one that was never said to be safe: as some record that was issued. */
const isWhole = (payload: Uint8Array, id: number | undefined, issued: number): boolean => {
  const [first = 0] = payload;
  return payload.every((byte) => byte === first) && (id === undefined ? first >= 1 && first <= issued : first === id);
};

const payloadOf = (id: number): Uint8Array => new Uint8Array(40 + (id % 7) * 20).fill(id);

let epochs = 0;

const open = (disk: SimDisk): Promise<Spool> =>
  openDiskSpool({
    disk,
    clock: hastyClock,
    newEpoch: () => `epoch-${(epochs += 1)}`,
    bootId: 'boot',
    limits: LIMITS,
    onHealth: () => undefined,
  });

/** A short wait is over in the next turn; a long one never. */
const hastyClock: Clock = {
  wallMs: () => AT,
  monoMs: () => 0,
  after: (delayMs, run) => {
    if (delayMs >= 1_000) return () => undefined;
    const turn = setImmediate(run);
    return () => clearImmediate(turn);
  },
};
