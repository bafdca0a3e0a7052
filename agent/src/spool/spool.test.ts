// What every spool must do: numbers, acknowledgements, new epochs.
import { expect, it } from 'vitest';

import { AT, EPOCH, ROOMY, bytes, covered, describeSpools } from './fixture.ts';
import { type Spool, type SpoolRecord, lanes } from './spool.ts';

describeSpools(({ open, filled, seqs }) => {
  /** What an acknowledgement leaves: what was acknowledged may still be kept before it. */
  const waiting = (spool: Spool) => seqs(spool, spool.counts('alerts').acked);

  it('numbers the records of each lane from 1', async () => {
    const spool = await open(ROOMY);
    expect(spool.counts('alerts')).toMatchObject({ nextSeq: 1, pending: 0, pendingBytes: 0, dropped: 0 });
    expect(await spool.append('alerts', bytes(1), AT)).toBe(1);
    expect(await spool.append('alerts', bytes(1), AT)).toBe(2);
    expect(await spool.append('metrics', bytes(1), AT)).toBe(1);
    expect(lanes.map((lane) => spool.counts(lane).nextSeq)).toEqual([3, 2]);
  });

  it('has an epoch of its own for each lane', async () => {
    const spool = await open(ROOMY);
    expect(spool.counts('alerts').epoch).not.toBe(spool.counts('metrics').epoch);
  });

  it.each<[afterSeq: number, max: number, expected: readonly number[]]>([
    [0, 100, [1, 2, 3, 4, 5]],
    [0, 2, [1, 2]],
    [2, 2, [3, 4]],
    [4, 100, [5]],
    [5, 100, []],
    [99, 100, []],
    [0, 0, []],
  ])('reads on after %i, at most %i: %j', async (afterSeq, max, expected) => {
    expect(await seqs(await filled(ROOMY, 5), afterSeq, max)).toEqual(expected);
  });

  it('gives back what was appended, as often as it is asked', async () => {
    const spool = await filled(ROOMY, 2, 3);
    const record = { kind: 'data', seq: 2, payload: bytes(3, 2) };
    expect(await spool.read('alerts', 1, 9)).toEqual([record]);
    expect(await spool.read('alerts', 1, 9)).toEqual([record]);
  });

  it('forgets what is acknowledged, and only that', async () => {
    const spool = await filled(ROOMY, 5);
    await spool.append('metrics', bytes(7), AT);
    expect(spool.ack('alerts', EPOCH.alerts, 3)).toBe(true);
    expect(await waiting(spool)).toEqual([4, 5]);
    expect(spool.counts('alerts')).toMatchObject({ pending: 2, nextSeq: 6, dropped: 0 });
    expect(spool.counts('metrics').pending).toBe(1);
  });

  it('takes the same or an older acknowledgement again and changes nothing', async () => {
    const spool = await filled(ROOMY, 5);
    spool.ack('alerts', EPOCH.alerts, 3);
    const before = spool.counts('alerts');
    expect(spool.ack('alerts', EPOCH.alerts, 3)).toBe(true);
    expect(spool.ack('alerts', EPOCH.alerts, 1)).toBe(true);
    expect(spool.ack('alerts', EPOCH.alerts, 0)).toBe(true);
    expect(spool.counts('alerts')).toEqual(before);
    expect(await waiting(spool)).toEqual([4, 5]);
  });

  it.each([
    ['of another epoch', 'epoch-of-another-000', 3],
    ['of the other lane’s epoch', EPOCH.metrics, 3],
    ['of what was never issued', EPOCH.alerts, 6],
  ])('ignores an acknowledgement %s', async (_what, epoch, seq) => {
    const spool = await filled(ROOMY, 5);
    expect(spool.ack('alerts', epoch, seq)).toBe(false);
    expect(await seqs(spool, 0)).toEqual([1, 2, 3, 4, 5]);
  });

  it('says how far the server has it', async () => {
    const spool = await filled(ROOMY, 5);
    expect(spool.counts('alerts').acked).toBe(0);
    spool.ack('alerts', spool.counts('alerts').epoch, 3);
    spool.ack('alerts', spool.counts('alerts').epoch, 2);
    expect(spool.counts('alerts').acked).toBe(3);
    expect(spool.counts('metrics').acked).toBe(0);
  });

  it('issues again in a new epoch what was not acknowledged, and goes on after it', async () => {
    const spool = await filled(ROOMY, 5);
    const { epoch } = spool.counts('alerts');
    spool.ack('alerts', epoch, 3);
    await spool.renew('alerts', 'unacked');
    expect(spool.counts('alerts')).toMatchObject({ nextSeq: 3, acked: 0, pending: 2, dropped: 0 });
    expect(await spool.read('alerts', 0, 9)).toEqual([
      { kind: 'data', seq: 1, payload: bytes(10, 4) },
      { kind: 'data', seq: 2, payload: bytes(10, 5) },
    ]);
    expect(spool.ack('alerts', epoch, 1)).toBe(false);
    expect(await spool.append('alerts', bytes(1), AT)).toBe(3);
    expect(spool.ack('alerts', spool.counts('alerts').epoch, 3)).toBe(true);
    expect(spool.counts('alerts').pending).toBe(0);
  });

  it('begins anew with all that is kept, also twice and with nothing', async () => {
    const spool = await open(ROOMY);
    await spool.renew('metrics', 'kept');
    await spool.append('metrics', bytes(3, 1), AT);
    await spool.renew('metrics', 'kept');
    await spool.renew('metrics', 'kept');
    expect(spool.counts('metrics')).toMatchObject({ nextSeq: 2, acked: 0 });
    expect(await spool.read('metrics', 0, 9)).toEqual([{ kind: 'data', seq: 1, payload: bytes(3, 1) }]);
  });

  it('counts what is set aside, once it was issued and of this epoch', async () => {
    const spool = await filled(ROOMY, 2);
    const { epoch } = spool.counts('alerts');
    await spool.setAside('alerts', epoch, 1);
    await spool.setAside('alerts', epoch, 2);
    await spool.setAside('alerts', epoch, 3);
    await spool.setAside('alerts', 'another', 1);
    expect(spool.counts('alerts')).toMatchObject({ setAside: 2, pending: 2 });
  });

  it('is closed as often as asked', async () => {
    const spool = await filled(ROOMY, 2);
    await spool.close();
    await spool.close();
    expect(spool.counts('alerts').nextSeq).toBe(3);
  });

  it.each([1, 9])('leaves no hole where it is asked for what it has forgotten, %i at once', async (max) => {
    const spool = await filled(ROOMY, 5);
    spool.ack('alerts', EPOCH.alerts, 3);
    const read: SpoolRecord[] = [];
    while (read.at(-1)?.seq !== 5) read.push(...(await spool.read('alerts', read.at(-1)?.seq ?? 0, max)));
    expect(covered(read)).toEqual([1, 2, 3, 4, 5]);
    for (const gap of read.filter(({ kind }) => kind === 'gap')) expect(gap).toMatchObject({ reason: 'forgotten' });
  });

  it('goes on counting after everything was acknowledged', async () => {
    const spool = await filled(ROOMY, 2);
    spool.ack('alerts', EPOCH.alerts, 2);
    expect(spool.counts('alerts')).toMatchObject({ pending: 0, pendingBytes: 0 });
    expect(await spool.append('alerts', bytes(1), AT)).toBe(3);
    expect(await waiting(spool)).toEqual([3]);
  });
});
