// The sender: which record goes when, and what holds it back.
import { thin } from '@fettle/shared/chunk/thin';
import { encodeBlock } from '@fettle/shared/wire/encode';
import { describe, expect, it } from 'vitest';

import { AT, EPOCH, NOTHING, createOutbox, createSession } from '../sender-fixture.ts';
import type { Outbox } from './outbox.ts';

describe('Sender', () => {
  const filled = async (alerts: number, metrics: number) => {
    const parts = createOutbox();
    for (let count = 0; count < metrics; count += 1) await parts.append('metrics');
    for (let count = 0; count < alerts; count += 1) await parts.append('alerts');
    return parts;
  };

  it('sends alerts before metrics, each lane in its order', async () => {
    const { outbox } = await filled(2, 3);
    const session = createSession(outbox, NOTHING, 64);
    await session.sender.pump();
    expect(session.order()).toBe('a1 a2 m1 m2 m3');
    expect(session.arrivals.at(-1)?.content).toBe(3);
  });

  it('an alert overtakes a backlog of metrics that is on its way', async () => {
    const { outbox, append } = await filled(0, 60);
    const session = createSession(outbox, NOTHING, 64);
    const pumping = session.sender.pump();
    await append('alerts');
    await Promise.all([pumping, session.sender.pump()]);
    const order = session.order().split(' ');
    expect(order).toHaveLength(61);
    expect(order.indexOf('a1')).toBeLessThanOrEqual(16);
  });

  it('goes on after the marks of the server', async () => {
    const { outbox } = await filled(3, 3);
    const session = createSession(outbox, { alerts: 2, metrics: 1 }, 64);
    await session.sender.pump();
    expect(session.order()).toBe('a3 m2 m3');
  });

  it('keeps back what the window does not grant until acknowledgements make room', async () => {
    const { outbox } = await filled(1, 5);
    const session = createSession(outbox, NOTHING, 2);
    await session.sender.pump();
    expect(session.order()).toBe('a1 m1 m2');
    session.ack('metrics', 1);
    await session.sender.pump();
    expect(session.order()).toBe('a1 m1 m2 m3');
    session.ack('metrics', 3);
    await session.sender.pump();
    expect(session.order()).toBe('a1 m1 m2 m3 m4 m5');
  });

  it('holds back while the network takes nothing, so that an alert does not queue behind metrics', async () => {
    const { outbox } = await filled(1, 5);
    const session = createSession(outbox, NOTHING, 64);
    session.setBuffered(200_000);
    await session.sender.pump();
    expect(session.order()).toBe('');
    session.setBuffered(0);
    await session.sender.pump();
    expect(session.order()).toBe('a1 m1 m2 m3 m4 m5');
  });

  it('a pump during a pump resolves when its records are sent too', async () => {
    const { outbox, append } = await filled(1, 1);
    const session = createSession(outbox, NOTHING, 64);
    void session.sender.pump();
    await append('metrics');
    await session.sender.pump();
    expect(session.order()).toBe('a1 m1 m2');
  });

  it('pumps at the same time are one', async () => {
    const { outbox } = await filled(2, 2);
    const session = createSession(outbox, NOTHING, 64);
    await Promise.all([session.sender.pump(), session.sender.pump(), session.sender.pump()]);
    expect(session.order()).toBe('a1 a2 m1 m2');
  });

  it.each(Array.from({ length: 30 }, (_, index) => index))(
    'what comes %i turns after a pump began is sent by the pump that follows it',
    async (turns) => {
      const { outbox, append } = await filled(1, 1);
      const session = createSession(outbox, NOTHING, 64);
      void session.sender.pump();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      void append('alerts');
      await session.sender.pump();
      expect(session.arrivals).toHaveLength(3);
    },
  );

  it('sends nothing after its end, also what is being read', async () => {
    const { outbox } = await filled(3, 3);
    const session = createSession(outbox, NOTHING, 64);
    const pumping = session.sender.pump();
    session.sender.end();
    await pumping;
    await session.sender.pump();
    expect(session.order()).toBe('');
  });

  it('goes on after a read that failed', async () => {
    const { outbox } = await filled(1, 0);
    let isBroken = true;
    const flaky: Outbox = {
      ...outbox,
      read: (...range) => (isBroken ? Promise.reject(new Error('EIO')) : outbox.read(...range)),
    };
    const session = createSession(flaky, NOTHING, 64);
    await expect(session.sender.pump()).rejects.toThrow('EIO');
    isBroken = false;
    await session.sender.pump();
    expect(session.order()).toBe('a1');
  });

  it('ends a session that can hold no more sets, without a broken frame', async () => {
    const { outbox, append } = createOutbox();
    const many: Outbox = {
      ...outbox,
      // each batch its own list
      read: async (lane, ...range) =>
        (await outbox.read(lane, ...range)).map((one) => (one.kind === 'batch' ? { ...one, setKey: one.seq } : one)),
    };
    for (let count = 0; count < 300; count += 1) await append('metrics');
    const session = createSession(many, NOTHING, 1_000);
    await session.sender.pump();
    expect(session.isFull()).toBe(true);
    expect(session.last('metrics')).toBe(256);
  });

  it('a thinned record goes out for all that it stands for, and what follows after it', async () => {
    const { outbox, append } = createOutbox();
    for (let count = 0; count < 9; count += 1) await append('metrics');
    const minutes = [1, 2, 3, 4, 5, 6].map((minute) =>
      encodeBlock({ t0: AT + minute * 60_000, stepMs: 10_000, count: 6 }, [Array<number>(6).fill(4)]),
    );
    const [block = new Uint8Array()] = thin(minutes, 1) ?? [];
    const thinned: Outbox = {
      ...outbox,
      read: async (lane, afterSeq, max) => {
        const [first, ...rest] = await outbox.read(lane, Math.max(afterSeq, 6), max);
        if (first?.kind !== 'batch' || afterSeq >= 7) return await outbox.read(lane, afterSeq, max);
        return [{ ...first, kind: 'thinned', from: afterSeq + 1, block }, ...rest];
      },
    };
    const session = createSession(thinned, { alerts: 0, metrics: 2 }, 64);
    await session.sender.pump();
    expect(session.arrivals.map(({ from, seq, content }) => [from, seq, content])).toEqual([
      [3, 7, 4],
      [8, 8, 8],
      [9, 9, 9],
    ]);
  });

  it('a restored server that asks for what is forgotten gets a gap for it', async () => {
    const { outbox } = await filled(9, 0);
    outbox.ack('alerts', EPOCH, 6);
    const session = createSession(outbox, { alerts: 2, metrics: 0 }, 64);
    await session.sender.pump();
    expect(session.order()).toBe('a6 a7 a8 a9');
    expect(session.arrivals[0]).toMatchObject({ from: 3, content: { kind: 'gap', from: 3, count: 4, at: AT } });
  });
});
