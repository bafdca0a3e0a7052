// An alert in the middle of a backlog of metrics, over a real network that takes 20 KiB a second.
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

import { decodeFrame } from '@fettle/shared/wire/decode';
import { expect, it, onTestFinished } from 'vitest';

import { realLink, soon } from '../link-fixture.ts';
import { playServer } from '../played-server.ts';

const TICK_MS = 50;
const BYTES_A_TICK = 1_024;

/** Lets so many bytes through to the server each tick, and does not take the rest from the one who sends. @returns its address */
const slowWay = async (url: string): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer({ highWaterMark: BYTES_A_TICK }, (near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    near.pause();
    const timer = setInterval(() => {
      const chunk: unknown = near.read(Math.min(BYTES_A_TICK, near.readableLength));
      if (Buffer.isBuffer(chunk)) far.write(chunk);
    }, TICK_MS);
    far.pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        near.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

it('an alert is acknowledged within seconds while the backlog drains', async () => {
  const server = await playServer();
  const { link, spool, fill, epochs } = realLink(await slowWay(server.url));
  fill(300); // of 1 KiB each: a quarter of a minute
  link.start();
  const session = await server.link();
  session.socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      const { type, seq } = JSON.parse(data.toString()) as { readonly type: string; readonly seq: number };
      if (type === 'record') session.say({ type: 'ack', lane: 'alerts', epoch: epochs.alerts, seq });
      return;
    }
    const frame = decodeFrame(data, () => 1);
    if (frame.type === 'batch') session.say({ type: 'ack', lane: 'metrics', epoch: epochs.metrics, seq: frame.seq });
  });
  await session.admit({ window: 1_000 });
  await soon(() => expect(spool.counts('metrics').acked).toBeGreaterThan(10));
  const firedMs = performance.now();
  await spool.append('alerts', Buffer.from('{}'), 1);
  link.wake();
  await soon(() => expect(spool.counts('alerts').acked).toBe(1));
  expect(performance.now() - firedMs).toBeLessThan(3_000);
  expect(spool.counts('metrics').pending).toBeGreaterThan(150);
}, 20_000);
