// A session that ends while it looks at the marks: the next one has the lanes, and has told their epochs.
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { expect, it } from 'vitest';

import { EPOCH, createOutbox } from '../sender-fixture.ts';
import { Session } from './session.ts';

it.each([
  ['alerts', { seq: 9, hash: '' }, null],
  ['metrics', { seq: 1, hash: '' }, { seq: 9, hash: '' }],
] as const)('renews no lane any more: %s', async (slow, alerts, metrics) => {
  const { outbox, append } = createOutbox();
  await append('alerts');
  await append('metrics');
  const gate = Promise.withResolvers<void>();
  const renewed: string[] = [];
  const session = new Session({
    socket: { send: () => undefined, bufferedBytes: () => 0, close: () => undefined, drop: () => undefined },
    outbox: {
      ...outbox,
      read: async (lane, afterSeq, max) => {
        if (lane === slow) await gate.promise;
        return outbox.read(lane, afterSeq, max);
      },
      renew: async (lane) => void renewed.push(lane),
    },
    clock: { wallMs: () => 0, monoMs: () => 0, after: () => () => undefined },
    welcome: {
      type: 'welcome',
      session: 'session',
      window: 8,
      marks: { alerts: { ...alerts, epoch: EPOCH }, metrics: metrics && { ...metrics, epoch: EPOCH } },
      intervals: INTERVALS,
      clock: 0,
    },
    onLost: () => undefined,
    onRenewed: () => renewed.push('told'),
    onNote: (detail) => renewed.push(detail),
  });
  await Promise.resolve();
  session.end();
  gate.resolve();
  await session.flush();
  expect(renewed).toEqual([]);
});
