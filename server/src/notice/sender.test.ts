// The sender against the real writer: what is on its way at once, and that nothing is lost when a fate could not be written down.
import { MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Attempted } from '../domain/notice/delivery.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';
import type { Send } from './send.ts';
import { NoticeSender } from './sender.ts';

const SENT: Attempted = { is: 'sent', answer: '200' };
const RULES = ['disk.space', 'disk.inodes', 'cpu.sustained'];

const open = (channels: number, send: Send) => {
  const { writer, fettle } = openWriter();
  let nowMs = NOW;
  let isBroken = false;
  const commit = (event: WriterEvent): Promise<Outcome> =>
    Promise.resolve(
      isBroken && event.type === 'notice attempted'
        ? { is: 'unavailable', message: 'the disk is full' }
        : (writer.commit([event], nowMs)[0]?.outcome ?? { is: 'duplicate' }),
    );
  const ids = Array.from({ length: channels }, (_, index) => `c_${index}`);
  const begin = async () => {
    for (const id of ids) {
      const settings = { kind: 'webhook', url: 'https://hook.example/' } as const;
      const setting = { id, tenant: '', name: id, isEnabled: true, perHour: 3_600, settings };
      await commit({ type: 'put notice setting', actor: SYSTEM, kind: 'channel', setting });
    }
    const to = ids.slice(0, 20).map((channel) => ({ channel }));
    const rest = ids.slice(20).map((channel) => ({ channel }));
    for (const [index, targets] of [to, rest].entries()) {
      if (targets.length === 0) continue;
      const route = { id: `r_${index}`, tenant: '', name: 'all', tags: [], quiet: null, to: targets };
      const setting = { ...route, severities: ['warning' as const], kinds: ['alert' as const] };
      await commit({ type: 'put notice setting', actor: SYSTEM, kind: 'route', setting });
    }
    for (const [index, rule] of RULES.entries()) await commit(aTold(index + 1, { rule }));
    nowMs += MINUTE_MS;
  };
  const failures: string[] = [];
  const sender = new NoticeSender({
    commit,
    send,
    random: () => 1,
    onFailure: ({ channel }) => void failures.push(channel),
  });
  const unsettled = () => fettle.deliveries.count();
  return {
    begin,
    sender,
    unsettled,
    failures,
    pass: (ms: number) => void (nowMs += ms),
    break: (is: boolean) => void (isBroken = is),
  };
};

it('sends all that is due, at most sixteen at once and one of each channel', async () => {
  const onTheWay = new Set<string>();
  let [most, sent] = [0, 0];
  const server = open(25, async ({ channel }) => {
    expect(onTheWay).not.toContain(channel.id);
    onTheWay.add(channel.id);
    most = Math.max(most, onTheWay.size);
    await new Promise((resolve) => void setImmediate(resolve));
    onTheWay.delete(channel.id);
    sent += 1;
    return SENT;
  });
  await server.begin();
  await server.sender.look();
  await server.sender.idle();
  expect([sent, most, server.unsettled()]).toEqual([25 * RULES.length, 16, 0]);
});

it('sends again, under the same key, what it could not write down', async () => {
  const keys: string[] = [];
  const server = open(1, ({ key }) => {
    keys.push(key);
    return Promise.resolve(SENT);
  });
  await server.begin();
  server.break(true);
  await server.sender.look();
  await server.sender.idle();
  expect([new Set(keys).size, server.unsettled()]).toEqual([RULES.length, RULES.length]);
  server.break(false);
  server.pass(MINUTE_MS);
  await server.sender.look();
  await server.sender.idle();
  expect([new Set(keys).size, keys.length, server.unsettled()]).toEqual([RULES.length, 2 * RULES.length, 0]);
});

it('tells of each failure, and tries again when it is time', async () => {
  let isDown = true;
  const failed = { is: 'failed', answer: '503', mayHaveArrived: false, isLasting: false, retryAfterMs: null } as const;
  const server = open(1, () => Promise.resolve(isDown ? failed : SENT));
  await server.begin();
  await server.sender.look();
  await server.sender.idle();
  expect(server.failures).toEqual(RULES.map(() => 'c_0'));
  isDown = false;
  server.pass(MINUTE_MS);
  await server.sender.look();
  await server.sender.idle();
  expect(server.unsettled()).toBe(0);
});

it('that is closed starts nothing more', async () => {
  let sent = 0;
  const server = open(1, () => {
    sent += 1;
    return Promise.resolve(SENT);
  });
  await server.begin();
  await server.sender.close();
  await server.sender.look();
  expect([sent, server.unsettled()]).toEqual([0, 0]);
});
