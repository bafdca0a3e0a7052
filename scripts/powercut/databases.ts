// The power goes at each moment of a recording: what does the server find when it is back?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openFettle } from '@fettle/server/store/fettle';
import { openMetrics } from '@fettle/server/store/metrics';
import type { Rng } from '@fettle/shared/time';

import { damageIn, readStored } from '../crash/stored.ts';
import { Disk, type Image, type Leftover } from './disk.ts';
import type { Recording } from './record.ts';

export type Figures = {
  readonly images: number;
  /** Moments at which the power went, and at how many of them something was not synced. */
  readonly moments: number;
  readonly dirtyMoments: number;
  readonly acks: number;
  readonly problems: readonly string[];
};

type Acked = { alerts: number; metrics: number };
type Cut = { readonly image: Image; readonly acked: Acked; readonly name: string };

const LEFTOVERS: readonly Leftover[] = ['kept', 'lost', 'some', 'torn'];

/** @param most images looked at, spread evenly over the recording */
export const cutDatabases = (recording: Recording, most: number, rng: Rng): Figures => {
  const all = countCuts(recording);
  const every = Math.max(1, all.images / most);
  const problems: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'fettle-powercut-'));
  let [at, next, images] = [0, 0, 0];
  try {
    for (const cut of cuts(recording, rng, () => at >= next)) {
      at += 1;
      if (!cut) continue;
      next += every;
      images += 1;
      problems.push(...look(folder, cut, recording).map((problem) => `${cut.name}: ${problem}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...all, images, problems };
};

const countCuts = ({ before, events }: Recording) => {
  const disk = new Disk(before);
  let [images, dirtyMoments] = [0, 0];
  for (const event of events) {
    disk.apply(event);
    images += disk.isDirty ? LEFTOVERS.length : 1;
    if (disk.isDirty) dirtyMoments += 1;
  }
  return { images, moments: events.length, dirtyMoments, acks: events.filter((event) => event.do === 'ack').length };
};

/** Every moment with every leftover; undefined for those that are not wanted. */
function* cuts(
  { before, events }: Recording,
  rng: Rng,
  isWanted: () => boolean,
): Generator<Cut | undefined, void, undefined> {
  const disk = new Disk(before);
  const acked: Acked = { alerts: 0, metrics: 0 };
  for (const [index, event] of events.entries()) {
    disk.apply(event);
    if (event.do === 'ack') acked[event.lane] = Math.max(acked[event.lane], event.seq);
    for (const leftover of disk.isDirty ? LEFTOVERS : LEFTOVERS.slice(0, 1)) {
      const name = `after event ${index + 1} (${event.do}), ${leftover}`;
      yield isWanted() ? { image: disk.cut(leftover, rng), acked: { ...acked }, name } : undefined;
    }
  }
}

/** With the server's own code, as its start does it. */
const look = (parent: string, { image, acked }: Cut, { alerts, batches }: Recording): readonly string[] => {
  const folder = mkdtempSync(join(parent, 'image-'));
  try {
    for (const [name, bytes] of image) writeFileSync(join(folder, name), bytes);
    openFettle(folder).db.close();
    openMetrics(folder).db.close();
    const stored = readStored(folder);
    const ticketed = new Set(stored.alerts.flatMap(({ instance, ticket }) => (ticket === null ? [] : [instance])));
    const times = new Set(stored.batches.map(({ t0Ms }) => t0Ms));
    return [
      ...damageIn(folder),
      ...[...alerts].flatMap(([seq, instance]) =>
        seq <= acked.alerts && !ticketed.has(instance) ? [`the acknowledged alert ${seq} or its ticket is gone`] : [],
      ),
      ...[...batches].flatMap(([seq, t0Ms]) =>
        seq <= acked.metrics && !times.has(t0Ms) ? [`the acknowledged batch ${seq} is gone`] : [],
      ),
    ];
  } catch (error) {
    return [`it does not open: ${String(error)}`];
  } finally {
    rmSync(folder, { recursive: true });
  }
};
