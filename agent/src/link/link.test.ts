// An open link over a real WebSocket, against a server that is played word by word.
import { decodeFrame } from '@fettle/shared/wire/decode';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { ServerMessage } from '@fettle/shared/wire/server-message.schema';
import { describe, expect, it } from 'vitest';

import { AT, EPOCH, aLink, holds, self, soon } from '../link-fixture.ts';
import { type PlayedLink, playServer } from '../played-server.ts';

const acks = (link: PlayedLink, seq: number) => link.say({ type: 'ack', lane: 'alerts', epoch: EPOCH.alerts, seq });

describe('a link', () => {
  it('answers the challenge with the hello and sends after the welcome, not before', async () => {
    const server = await playServer();
    const { link, heard, logged } = aLink(server.url, 2);
    const session = await server.link();
    expect(await session.admit()).toMatchObject({ type: 'hello', deviceId: self.deviceId, ruleSet: 'v1' });
    await holds(session, [1, 2]);
    expect(session.received[0]).toMatchObject({ type: 'hello' });
    expect(session.received[1]).toEqual({ type: 'record', lane: 'alerts', epoch: EPOCH.alerts, seq: 1, body: {} });
    expect(heard).toMatchObject([{ type: 'welcome' }]);
    expect(link.status).toEqual({ state: 'open', lastError: '', unreadable: 0 });
    expect((await logged('open')).status.state).toBe('open');
  });

  it('forgets what is acknowledged, and sends what comes later', async () => {
    const server = await playServer();
    const { link, spool, append } = aLink(server.url, 2);
    const session = await server.link();
    await session.admit();
    await holds(session, [1, 2]);
    acks(session, 2);
    await soon(() => expect(spool.counts('alerts').pending).toBe(0));
    append(1);
    link.wake();
    await holds(session, [1, 2, 3]);
  });

  it('sends no more than the window grants; an acknowledgement of another epoch grants nothing', async () => {
    const server = await playServer();
    const { spool } = aLink(server.url, 4);
    const session = await server.link();
    await session.admit({ window: 2 });
    await holds(session, [1, 2]);
    session.say({ type: 'ack', lane: 'alerts', epoch: EPOCH.metrics, seq: 2 });
    acks(session, 1);
    await holds(session, [1, 2, 3]);
    expect(spool.counts('alerts').pending).toBe(3);
  });

  it.each([
    ['after the mark of its epoch', EPOCH.alerts, [3, 4]],
    ['with its first record where the mark is of another epoch', 'z'.repeat(22), [1, 2, 3, 4]],
  ])('begins %s', async (_where, epoch, expected) => {
    const server = await playServer();
    aLink(server.url, 4);
    const session = await server.link();
    await session.admit({ marks: { alerts: { epoch, seq: 2, hash: '' }, metrics: null } });
    await holds(session, expected);
  });

  it('loses nothing when it is cut off in the middle of a window, and comes back by itself', async () => {
    const server = await playServer();
    const { link, logged, pass } = aLink(server.url, 5);
    const first = await server.link();
    await first.admit({ window: 3 });
    await holds(first, [1, 2, 3]);
    acks(first, 1);
    await holds(first, [1, 2, 3, 4]);
    first.socket.terminate();
    expect((await logged('lost')).status.state).toBe('waiting');
    pass(0);
    const second = await server.link();
    await second.admit({ marks: { alerts: { epoch: EPOCH.alerts, seq: 2, hash: '' }, metrics: null } });
    await holds(second, [3, 4, 5]);
    expect(link.status).toMatchObject({ state: 'open', lastError: '' });
  });

  it('hands over what the server wants, and only in an open session', async () => {
    const server = await playServer();
    const { heard } = aLink(server.url);
    const session = await server.link();
    const live = { type: 'live', everyMs: 1_000, forMs: 60_000 } as const;
    const rules: ServerMessage = { type: 'rules', ruleSet: { version: 'v2', rules: [] } };
    const newer = { version: 'v1', rules: [{ id: 'x', kind: 'forecast', horizon: { ms: 1 } }] };
    const poison = { type: 'poison', lane: 'alerts', epoch: EPOCH.alerts, seq: 1, message: 'no' } as const;
    session.say(rules);
    await session.admit({ ruleSet: newer });
    for (const message of [live, rules, poison]) session.say(message);
    await soon(() => expect(heard.slice(1)).toEqual([live, rules, poison]));
    expect(heard[0]).toMatchObject({ type: 'welcome', ruleSet: newer });
  });

  it.each<[what: string, text: string]>([
    ['no JSON', '{"type":'],
    ['of an unknown type', '{"type":"unheard of"}'],
    ['not as the schema says', '{"type":"ack","lane":"alerts","epoch":"e","seq":0}'],
    ['a known message with more in it', `{"type":"live","everyMs":1,"forMs":1,"run":"rm"}`],
    ['empty', ''],
  ])('counts a message that is %s, passes it over and goes on', async (_what, text) => {
    const server = await playServer();
    const { link, append, logged } = aLink(server.url);
    const session = await server.link();
    await session.admit();
    session.socket.send(text);
    expect((await logged('unreadable message')).detail).toBe(text);
    expect(link.status).toEqual({ state: 'open', lastError: '', unreadable: 1 });
    append(1);
    link.wake();
    await holds(session, [1]);
  });

  it('has no ears for binary frames', async () => {
    const server = await playServer();
    const { link, append } = aLink(server.url);
    const session = await server.link();
    await session.admit();
    session.socket.send(Buffer.from('{"type":"live"}'));
    append(1);
    link.wake();
    await holds(session, [1]);
    expect(link.status.unreadable).toBe(0);
  });

  it('shows readings beside the lanes, their names first, in every session anew', async () => {
    const server = await playServer();
    const { link, pass } = aLink(server.url);
    const series = [{ metric: 'system.load', attributes: {} }];
    const now = { setKey: 0, series, block: encodeBlock({ t0: AT, stepMs: 1_000, count: 1 }, [[7]]) };
    link.sendLoose('now', now); // nobody there: not kept
    for (let count = 0; count < 2; count += 1) {
      const session = await server.link();
      await session.admit();
      await soon(() => expect(link.status.state).toBe('open'));
      link.sendLoose('now', now);
      await soon(() => expect(session.received).toHaveLength(4));
      const frames = session.received.slice(1).map((frame) => decodeFrame(frame as Uint8Array, () => 1));
      expect(frames).toMatchObject([
        { type: 'series', firstId: 0, series },
        { type: 'set', setId: 0, seriesIds: [0] },
        { type: 'now', setId: 0, t0: AT },
      ]);
      session.socket.terminate();
      await soon(() => expect(link.status.state).toBe('waiting'));
      pass(0);
    }
  });
});
