import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it, onTestFinished } from 'vitest';

import type { Outcome } from '../domain/event.ts';
import { NOW, openWriter } from '../fixture.ts';
import { beat } from './heartbeat.ts';

const listen = async (status: number) => {
  const heard: string[] = [];
  const server = createServer(({ method, url }, response) => {
    heard.push(`${method} ${url}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc` };
};

const start = (url: string) => {
  const { writer } = openWriter();
  const commit = (event: Parameters<typeof writer.commit>[0][number]): Promise<Outcome> =>
    Promise.resolve(writer.commit([event], NOW)[0]?.outcome ?? { is: 'done' });
  const parts = { url, commit, signal: new AbortController().signal, deadlineMs: 5_000, nowMs: () => NOW };
  return { commit, beat: () => beat(parts) };
};

it('is heard while the server can write, and is not sent when it cannot', async () => {
  const { heard, url } = await listen(200);
  const server = start(url);
  expect(await server.beat()).toBe(true);
  await server.commit({ type: 'stop writing', why: 'damaged' });
  expect(await server.beat()).toBe(false);
  expect(heard).toEqual(['GET /ping/abc']);
});

it('that nobody takes is not heard', async () => {
  const { url } = await listen(404);
  expect(await start(url).beat()).toBe(false);
});
