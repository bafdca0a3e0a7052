// The spools of the contract's tests: a further one adds its line to `spools`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';

import { type SpoolDisk, nodeSpoolDisk } from '../host/spool-disk.ts';
import { openDiskSpool } from './disk/disk-spool.ts';
import { hastyClock, seeded } from './disk/fixture.ts';
import { DISK_LIMITS } from './disk/limits.ts';
import { SimDisk } from './disk/sim-disk.ts';
import { memorySpool } from './memory.ts';
import type { Lane, Spool, SpoolRecord } from './spool.ts';

type MaxBytes = Readonly<Record<Lane, number>>;

export const EPOCH = { alerts: 'epoch-of-alerts-0000', metrics: 'epoch-of-metrics-000' } as const;
const newEpochs = () => {
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  let count = 0;
  return () => epochs.shift() ?? `epoch-${(count += 1)}`;
};
const onDisk = (disk: SpoolDisk, maxBytes: MaxBytes): Promise<Spool> =>
  openDiskSpool({
    disk,
    clock: hastyClock(),
    newEpoch: newEpochs(),
    bootId: 'boot',
    limits: {
      ...DISK_LIMITS,
      maxBytes: maxBytes.alerts,
      segmentBytes: 300,
      memoryBytes: maxBytes,
      free: { bytes: 0, share: 0 },
      ballastBytes: 0,
    },
    onHealth: ({ kept }) => expect.unreachable(`kept in ${kept}`),
  });
const spools: readonly (readonly [name: string, open: (maxBytes: MaxBytes) => Promise<Spool>])[] = [
  ['memory', (maxBytes) => Promise.resolve(memorySpool({ newEpoch: newEpochs(), maxBytes }))],
  ['files of a disk that lies', (maxBytes) => onDisk(new SimDisk({ rng: seeded(1) }), maxBytes)],
  ['files', (maxBytes) => onDisk(nodeSpoolDisk(join(folder, String((folders += 1)))), maxBytes)],
];

let folder = '';
let folders = 0;

export const AT = 1_763_856_000_000;
export const ROOMY = { alerts: 1e6, metrics: 1e6 };
/** Room for a few records only. */
export const TIGHT = { alerts: 1_000, metrics: 2_000 };
export const bytes = (length: number, fill = 0) => new Uint8Array(length).fill(fill);
const startOf = (record: SpoolRecord) => (record.kind === 'gap' ? record.from : record.seq);

/** How the tests of one spool open it and read it. */
export type Contract = {
  readonly open: (maxBytes: MaxBytes) => Promise<Spool>;
  /** With this many alerts of this many bytes. */
  readonly filled: (maxBytes: MaxBytes, count: number, length?: number) => Promise<Spool>;
  readonly seqs: (spool: Spool, afterSeq: number, max?: number) => Promise<readonly number[]>;
  readonly closeAll: () => Promise<void>;
};

/** Runs the tests for every spool there is. */
export const describeSpools = (tests: (contract: Contract) => void): void => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fettle-spool-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  describe.each(spools)('a spool in %s', (_name, create) => {
    const opened: Spool[] = [];
    const open = async (maxBytes: MaxBytes): Promise<Spool> => {
      const spool = await create(maxBytes);
      opened.push(spool);
      return spool;
    };
    const closeAll = async () => {
      for (const spool of opened.splice(0)) await spool.close();
    };
    afterEach(closeAll);
    tests({
      open,
      closeAll,
      filled: async (maxBytes, count, length = 10) => {
        const spool = await open(maxBytes);
        for (let seq = 1; seq <= count; seq += 1) await spool.append('alerts', bytes(length, seq), AT + seq);
        return spool;
      },
      seqs: async (spool, afterSeq, max = 1_000) => (await spool.read('alerts', afterSeq, max)).map(({ seq }) => seq),
    });
  });
};

/** The payload of record 7 is full of sevens. */
export const isAsAppended = (record: SpoolRecord): boolean =>
  record.kind !== 'data' || record.payload.every((byte) => byte === record.seq);

/** Every seq that the records stand for, in their order. */
export const covered = (records: readonly SpoolRecord[]): readonly number[] =>
  records.flatMap((record) => {
    const from = startOf(record);
    if (record.kind === 'gap') expect(record.count).toBe(record.seq - from + 1);
    return Array.from({ length: record.seq - from + 1 }, (_, index) => from + index);
  });
