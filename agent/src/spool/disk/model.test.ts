// The spool on a disk that lies, against what it has promised: whatever is appended, acknowledged, cut, filled and begun anew.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Lane, type Renewal, type Spool, type SpoolRecord, lanes } from '../spool.ts';
import { AT, SMALL, hastyClock, openSmall, seeded } from './fixture.ts';
import { SimDisk } from './sim-disk.ts';
import type { Leftover } from './sim-file.ts';

const MAX_BYTES = 6_000;
const LEFTOVERS: readonly Leftover[] = ['kept', 'lost', 'torn'];

type Step =
  | { readonly do: 'append'; readonly lane: Lane; readonly count: number; readonly length: number }
  | { readonly do: 'ack'; readonly lane: Lane; readonly share: number }
  | { readonly do: 'renew'; readonly lane: Lane; readonly what: Renewal }
  | { readonly do: 'cut'; readonly afterOps: number; readonly leftover: Leftover }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'fail sync' | 'stop' | 'fill' | 'free' };

const lane = fc.constantFrom(...lanes);
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        lane,
        count: fc.integer({ min: 1, max: 4 }),
        length: fc.integer({ min: 4, max: 300 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('ack' as const),
        lane,
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    fc.record({ do: fc.constant('renew' as const), lane, what: fc.constantFrom('unacked' as const, 'kept' as const) }),
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('cut' as const),
        afterOps: fc.nat(8),
        leftover: fc.constantFrom(...LEFTOVERS),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(5_000, 11_000, 70_000) }),
    },
    fc.record({ do: fc.constantFrom('fail sync' as const, 'stop' as const, 'fill' as const, 'free' as const) }),
  ) satisfies fc.Arbitrary<Step>,
  { maxLength: 40 },
);

/** What a record is known by: its payload begins with it. */
const idOf = (payload: Uint8Array): number => new DataView(payload.buffer, payload.byteOffset).getUint32(0);
const payloadOf = (id: number, length: number): Uint8Array => {
  const payload = new Uint8Array(length).fill(id);
  new DataView(payload.buffer).setUint32(0, id);
  return payload;
};

/** A machine with its disk; what it has promised is what an append has answered while the disk was trusted. */
class Machine {
  readonly #clock = hastyClock();
  #disk: SimDisk;
  #spool: Spool | undefined;
  #nextId = 1;
  #isTrusted = true;
  /** By lane: the ids that must not vanish without a gap. */
  readonly #promised: Record<Lane, Set<number>> = { alerts: new Set(), metrics: new Set() };
  readonly #acked: Record<Lane, Set<number>> = { alerts: new Set(), metrics: new Set() };
  readonly #mark: Record<Lane, { epoch: string; seq: number }> = {
    alerts: { epoch: '', seq: 0 },
    metrics: { epoch: '', seq: 0 },
  };
  /** By lane: how many records the server was told to be lost. */
  readonly #told: Record<Lane, number> = { alerts: 0, metrics: 0 };

  constructor(seed: number) {
    this.#disk = new SimDisk({ rng: seeded(seed) });
  }

  async start(): Promise<void> {
    const onHealth = ({ kept }: { readonly kept: string }): void => {
      this.#isTrusted = kept === 'disk';
    };
    this.#isTrusted = true;
    this.#spool = await openSmall({
      disk: this.#disk,
      clock: this.#clock,
      limits: { ...SMALL, maxBytes: MAX_BYTES },
      onHealth,
    });
    for (const one of lanes) {
      const { epoch, seq } = this.#mark[one];
      if (this.spool.counts(one).epoch === epoch) this.spool.ack(one, epoch, seq);
    }
  }

  get spool(): Spool {
    if (!this.#spool) throw new Error('not started');
    return this.#spool;
  }

  async perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        return this.#append(step);
      case 'ack':
        return this.#ack(step.lane, step.share);
      case 'renew':
        await this.spool.renew(step.lane, step.what);
        return this.#restart();
      case 'cut':
        return this.#cut(step.afterOps, step.leftover);
      case 'pass':
        this.#clock.pass(step.ms);
        return this.#settle();
      case 'fail sync':
        return this.#failSync();
      case 'stop':
        return this.#stop();
      case 'fill':
        this.#disk.capacityBytes = this.#disk.usedBytes + 40;
        return;
      case 'free':
        this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    }
  }

  async #append({ lane: to, count, length }: Step & { do: 'append' }): Promise<void> {
    const ids = Array.from({ length: count }, () => (this.#nextId += 1));
    const seqs = await Promise.all(ids.map((id) => this.spool.append(to, payloadOf(id, length), AT)));
    expect(seqs.slice(1)).toEqual(seqs.slice(0, -1).map((seq) => seq + 1));
    const isSafe = to === 'alerts' && this.#isTrusted && !this.#disk.isOff;
    if (isSafe) for (const id of ids) this.#promised.alerts.add(id);
  }

  async #ack(to: Lane, share: number): Promise<void> {
    const { epoch, acked, nextSeq } = this.spool.counts(to);
    const seq = acked + Math.floor(share * (nextSeq - 1 - acked));
    const records = await this.#readAll(to, acked);
    expect(this.spool.ack(to, epoch, seq)).toBe(true);
    this.#mark[to] = { epoch, seq };
    for (const record of records) {
      if (record.kind === 'data' && record.seq <= seq) this.#acked[to].add(idOf(record.payload));
      if (record.kind === 'gap' && record.from <= seq) this.#told[to] += Math.min(record.seq, seq) - record.from + 1;
    }
    await this.#settle();
  }

  /** What is acknowledged of an epoch that is over tells nothing. */
  #restart(): void {
    for (const one of lanes) {
      const { epoch } = this.spool.counts(one);
      if (this.#mark[one].epoch !== epoch) this.#mark[one] = { epoch, seq: 0 };
    }
  }

  async #cut(afterOps: number, leftover: Leftover): Promise<void> {
    this.#disk.cutAfter(afterOps);
    await this.#append({ do: 'append', lane: 'alerts', count: 3, length: 50 });
    this.#clock.pass(11_000);
    await this.#settle();
    this.#disk.cut();
    this.#disk = this.#disk.reboot(leftover);
    await this.start();
    this.#restart();
  }

  /** It is kept all the same: from memory, in another file. */
  async #failSync(): Promise<void> {
    let left = 1;
    this.#disk.onOp = (op) => {
      if (op.do === 'sync' && left > 0) {
        left -= 1;
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      }
    };
    await this.#append({ do: 'append', lane: 'alerts', count: 2, length: 50 });
    this.#disk.onOp = () => undefined;
  }

  async #stop(): Promise<void> {
    const young = await this.#readAll('metrics', this.spool.counts('metrics').acked);
    this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    await this.spool.close();
    for (const record of young) if (record.kind === 'data') this.#promised.metrics.add(idOf(record.payload));
    this.#disk.cut();
    this.#disk = this.#disk.reboot('lost'); // all that matters was synced
    await this.start();
    this.#restart();
  }

  /** Whatever was begun is done. */
  async #settle(): Promise<void> {
    await this.spool.setAside('metrics', 'none', 0);
    await this.spool.setAside('metrics', 'none', 0);
  }

  async #readAll(from: Lane, after: number): Promise<readonly SpoolRecord[]> {
    const all: SpoolRecord[] = [];
    for (let last = after; ;) {
      const some = await this.spool.read(from, last, 5);
      if (some.length === 0) return all;
      all.push(...some);
      last = some.at(-1)?.seq ?? last;
    }
  }

  async check(): Promise<void> {
    await this.#settle();
    for (const one of lanes) await this.#checkLane(one);
    expect(this.spool.counts('alerts').diskBytes + this.spool.counts('metrics').diskBytes).toBeLessThanOrEqual(
      MAX_BYTES,
    );
  }

  async #checkLane(one: Lane): Promise<void> {
    const { acked, nextSeq, pending, epoch } = this.spool.counts(one);
    const records = await this.#readAll(one, acked);
    let next = acked + 1;
    const ids: number[] = [];
    for (const record of records) {
      expect('from' in record ? record.from : record.seq, `${one} has no hole`).toBe(next);
      next = record.seq + 1;
      if (record.kind === 'data') ids.push(idOf(record.payload));
      if (record.kind === 'data')
        expect(record.payload.slice(4)).toEqual(payloadOf(idOf(record.payload), record.payload.length).slice(4));
    }
    expect(next, `all of ${one} is there`).toBe(nextSeq);
    expect(pending).toBeGreaterThanOrEqual(0);
    expect(ids, 'in the order in which they came').toEqual(ids.toSorted((a, b) => a - b));
    this.#checkPromises(one, ids, records);
    expect(epoch).not.toBe('');
  }

  /** What was promised and not acknowledged is there, or a gap says that it is not. */
  #checkPromises(one: Lane, ids: readonly number[], records: readonly SpoolRecord[]): void {
    const there = new Set(ids);
    const missing = [...this.#promised[one]].filter((id) => !there.has(id) && !this.#acked[one].has(id));
    const inGaps = records.reduce((sum, record) => sum + (record.kind === 'gap' ? record.count : 0), 0);
    expect(missing.length, `${one} that are missing without a gap: ${missing.join(' ')}`).toBeLessThanOrEqual(
      inGaps + this.#told[one],
    );
  }
}

describe('a spool on a disk that lies', () => {
  it('loses nothing that it has promised without a word', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
        const machine = new Machine(seed);
        await machine.start();
        for (const step of run) {
          await machine.perform(step);
          await machine.check();
        }
      }),
      { numRuns: 200 },
    );
  }, 30_000);
});
