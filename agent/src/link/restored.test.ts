// A server that remembers something else than the agent does: over a real socket, with the spool in memory.
import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { EPOCH, RENEWED, aLink, holds, soon } from '../link-fixture.ts';
import { type PlayedLink, playServer } from '../played-server.ts';

const HASH = 'f'.repeat(16);
const ack = (link: PlayedLink, seq: number, epoch: string = EPOCH.alerts) =>
  link.say({ type: 'ack', lane: 'alerts', epoch, seq });
const marks = (seq: number, hash = '', epoch: string = EPOCH.alerts) => ({
  marks: { alerts: { epoch, seq, hash }, metrics: null },
});

/** A link that has had `acked` records acknowledged, and is cut off. */
const cutOff = async (alerts: number, acked: number) => {
  const server = await playServer();
  const parts = aLink(server.url, alerts);
  const first = await server.link();
  await first.admit();
  await holds(
    first,
    Array.from({ length: alerts }, (_, index) => index + 1),
  );
  ack(first, acked);
  await soon(() => expect(parts.spool.counts('alerts').acked).toBe(acked));
  const sent = (first.received as { readonly seq?: number }[]).filter(({ seq }) => seq !== undefined);
  first.socket.terminate();
  await parts.logged('lost');
  parts.pass(0);
  return { server, ...parts, second: await server.link(), sent };
};

describe('a server that has gone back', () => {
  it('gets what is kept after its mark, and a gap for what is forgotten', async () => {
    const { second, logged, sent } = await cutOff(6, 4);
    await second.admit(marks(2));
    await holds(second, [4, 5, 6]);
    expect(second.received[1]).toMatchObject({ body: { kind: 'gap', from: 3, count: 2, reason: 'forgotten' } });
    expect(second.received.slice(2)).toEqual(sent.slice(4));
    expect((await logged('lane')).detail).toBe('alerts: the server has gone back from record 4 to 2');
  });

  it.each([
    ['no mark', { alerts: null, metrics: null }],
    ['the mark of another epoch', marks(9, HASH, 'z'.repeat(22)).marks],
  ])('to before this epoch, with %s: a new epoch, dialled for at once', async (_what, known) => {
    const { server, second, logged, waits } = await cutOff(6, 4);
    const waited = waits.length;
    await second.admit({ marks: known });
    const third = await server.link(); // nobody has moved the clock
    expect(await third.admit({ marks: known })).toMatchObject({
      lanes: { alerts: { epoch: RENEWED, next: 3 }, metrics: { epoch: EPOCH.metrics } },
    });
    await holds(third, [1, 2]);
    expect(second.received).toHaveLength(1); // the hello: no record went to it
    expect((await logged('lane')).detail).toMatch(/^alerts: the server has forgotten all 4 records/);
    expect(waits.slice(waited).filter((ms) => ms === 0)).toEqual([]);
  });
});

describe('a fork', () => {
  it.each([
    ['the server is ahead', () => marks(7)],
    ['the server has another record there', () => marks(5, HASH)],
  ])('%s: what is unacknowledged is issued again in a new epoch', async (_what, told) => {
    const { server, second, spool, link } = await cutOff(6, 4);
    await second.admit(told());
    const third = await server.link();
    await third.admit(told());
    await holds(third, [1, 2]);
    ack(third, 2, RENEWED);
    await soon(() => expect(spool.counts('alerts')).toMatchObject({ epoch: RENEWED, pending: 0, acked: 2 }));
    expect(link.status.state).toBe('open');
  });

  it('is none where the server has the same record, by the hash of its text to the letter', async () => {
    const { second } = await cutOff(6, 4);
    const text = `{"type":"record","lane":"alerts","epoch":"${EPOCH.alerts}","seq":5,"body":{}}`;
    await second.admit(marks(5, createHash('sha256').update(text).digest('hex').slice(0, 16)));
    await holds(second, [6]);
  });

  it('that comes back in the next session waits as after any lost link', async () => {
    const { server, second, link, waits } = await cutOff(6, 4);
    await second.admit(marks(7));
    const third = await server.link();
    await third.admit({ marks: { alerts: { epoch: RENEWED, seq: 9, hash: '' }, metrics: null } });
    await third.closed;
    await soon(() => expect(link.status.state).toBe('waiting'));
    expect(waits.at(-1)).toBe(1_000);
    expect(server.links).toHaveLength(3);
  });
});

describe('a record that the server refuses', () => {
  it('is set aside before it is acknowledged, and those behind it go on', async () => {
    const server = await playServer();
    const { spool, append, link, order } = aLink(server.url, 2);
    const session = await server.link();
    await session.admit();
    await holds(session, [1, 2]);
    session.say({ type: 'poison', lane: 'alerts', epoch: EPOCH.alerts, seq: 1, message: 'body.kind: unknown' });
    ack(session, 2);
    await soon(() => expect(spool.counts('alerts')).toMatchObject({ setAside: 1, acked: 2, pending: 0 }));
    expect(order).toEqual(['set aside 1', 'ack 2']);
    append(1);
    link.wake();
    await holds(session, [1, 2, 3]);
  });

  it('and cannot be kept does not hold up the lane', async () => {
    const server = await playServer();
    const { spool, logged, breakSetAside } = aLink(server.url, 1);
    const session = await server.link();
    await session.admit();
    await holds(session, [1]);
    breakSetAside();
    session.say({ type: 'poison', lane: 'alerts', epoch: EPOCH.alerts, seq: 1, message: 'no' });
    ack(session, 1);
    await soon(() => expect(spool.counts('alerts').pending).toBe(0));
    expect((await logged('lane')).detail).toBe('a record that the server refused cannot be kept: EIO');
  });
});
