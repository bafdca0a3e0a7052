// What every spool must do where there is no room: drop the oldest, keep their place as a gap, never pass its bound.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { AT, EPOCH, ROOMY, TIGHT, bytes, covered, describeSpools, isAsAppended } from './fixture.ts';
import { PAYLOAD_MAX_BYTES } from './spool.ts';

describeSpools(({ open, filled, seqs, closeAll }) => {
  it('a gap keeps its length over a renewal', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const before = await spool.read('alerts', 0, 100);
    spool.ack('alerts', spool.counts('alerts').epoch, 2);
    await spool.renew('alerts', 'unacked');
    const after = await spool.read('alerts', 0, 100);
    expect(covered(after)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    expect(after.length).toBe(before.length);
    expect(after[0]).toMatchObject({ kind: 'gap', from: 1, reason: 'queue_full' });
  });

  it('drops the oldest of a full lane, counts them, and keeps their place as one gap', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const [gap, ...rest] = await spool.read('alerts', 0, 100);
    const kept = rest.map(({ seq }) => seq);
    const last = 20 - kept.length;
    expect(kept.length).toBeGreaterThan(1);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => last + 1 + index));
    expect(gap).toMatchObject({ kind: 'gap', seq: last, from: 1, count: last, reason: 'queue_full' });
    expect(spool.counts('alerts')).toMatchObject({ dropped: last, nextSeq: 21 });
    expect(spool.counts('alerts').pendingBytes).toBeLessThanOrEqual(TIGHT.alerts);
  });

  it('never drops an alert to make room for metrics', async () => {
    const spool = await filled(TIGHT, 3);
    for (let count = 0; count < 100; count += 1) await spool.append('metrics', bytes(300), AT);
    expect(spool.counts('metrics').dropped).toBeGreaterThan(90);
    expect(spool.counts('alerts').dropped).toBe(0);
    expect(await seqs(spool, 0)).toEqual([1, 2, 3]);
  });

  it('does not call lost what arrived: of a gap that is partly acknowledged or read, the rest', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const [gap] = await spool.read('alerts', 0, 1);
    const { seq } = gap ?? { seq: 0 };
    expect((await spool.read('alerts', 4, 1))[0]).toMatchObject({ kind: 'gap', from: 5, seq, count: seq - 4 });
    spool.ack('alerts', EPOCH.alerts, 2);
    expect((await spool.read('alerts', 2, 1))[0]).toMatchObject({ kind: 'gap', from: 3, seq, count: seq - 2 });
  });

  it('makes a gap of a record that no frame can carry, and goes on', async () => {
    const spool = await open(ROOMY);
    await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES), AT);
    expect(await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES + 1), AT)).toBe(2);
    await spool.append('alerts', bytes(1), AT);
    const records = await spool.read('alerts', 0, 9);
    expect(records.map(({ kind }) => kind)).toEqual(['data', 'gap', 'data']);
    expect(records[1]).toEqual({ kind: 'gap', seq: 2, from: 2, count: 1, at: AT, reason: 'refused' });
    expect(spool.counts('alerts').dropped).toBe(1);
  });

  it('counts a record once, also when the gap for it joins a wider one', async () => {
    const spool = await open(TIGHT);
    await spool.append('alerts', bytes(10), AT);
    await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES + 1), AT);
    for (let seq = 3; seq <= 20; seq += 1) await spool.append('alerts', bytes(100), AT);
    const [gap] = await spool.read('alerts', 0, 1);
    expect(gap).toMatchObject({ kind: 'gap', from: 1, reason: 'queue_full' });
    expect(spool.counts('alerts').dropped).toBe(gap?.seq);
  });

  it('holds its bound also where one record alone is too large for the lane', async () => {
    const spool = await open(TIGHT);
    await spool.append('alerts', bytes(1_500), AT);
    expect(await spool.read('alerts', 0, 9)).toEqual([
      { kind: 'gap', seq: 1, from: 1, count: 1, at: AT, reason: 'queue_full' },
    ]);
    await spool.append('alerts', bytes(1), AT);
    expect(await seqs(spool, 1)).toEqual([2]);
  });

  type Step =
    | { readonly do: 'append'; readonly length: number }
    | { readonly do: 'ack'; readonly seq: number; readonly isOurs: boolean };
  const steps = fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant('append' as const),
        length: fc.oneof({ weight: 9, arbitrary: fc.nat(400) }, fc.constant(PAYLOAD_MAX_BYTES + 1)),
      }),
      fc.record({ do: fc.constant('ack' as const), seq: fc.nat(60), isOurs: fc.boolean() }),
    ) satisfies fc.Arbitrary<Step>,
    { maxLength: 60 },
  );

  it('holds every record or a gap for it, whatever is appended and acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(60), fc.integer({ min: 1, max: 9 }), async (run, mark, max) => {
        const spool = await open(TIGHT);
        const lost = new Set<number>();
        let [issued, acked] = [0, 0];
        for (const step of run) {
          if (step.do === 'append') {
            issued += 1;
            expect(await spool.append('alerts', bytes(step.length, issued), AT)).toBe(issued);
          } else {
            const isTaken = step.isOurs && step.seq <= issued;
            expect(spool.ack('alerts', step.isOurs ? EPOCH.alerts : EPOCH.metrics, step.seq)).toBe(isTaken);
            if (isTaken) acked = Math.max(acked, step.seq);
          }
          const records = await spool.read('alerts', acked, 1_000);
          expect(covered(records)).toEqual(Array.from({ length: issued - acked }, (_, index) => acked + 1 + index));
          for (const seq of records.filter(({ kind }) => kind === 'gap').flatMap((gap) => covered([gap])))
            lost.add(seq);
          for (const record of records) expect(record).toSatisfy(isAsAppended);
          const { nextSeq, pending, pendingBytes, dropped } = spool.counts('alerts');
          expect([nextSeq, pending]).toEqual([issued + 1, records.length]);
          expect(pendingBytes).toBeLessThanOrEqual(TIGHT.alerts);
          expect(dropped).toBe(lost.size);
          const from = Math.max(mark, acked);
          const after = records.filter(({ seq }) => seq > from).slice(0, max);
          expect(covered(await spool.read('alerts', from, max))).toEqual(covered(after).filter((seq) => seq > from));
        }
        await closeAll();
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});
