// What a receiver can do to us, by real ones on loopback.
import { type Server, createServer } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { AddressInfo, Server as RawServer } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { NOW } from '../fixture.ts';
import { post } from './post.ts';

const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1']);

const listen = async (server: Server | RawServer): Promise<string> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
};

const send = (url: string, { allowed = LOCAL, deadlineMs = 5_000 } = {}) =>
  post(
    { method: 'POST', url, headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' },
    { allowed, deadlineMs, signal: new AbortController().signal },
    NOW,
  );

const answering = (status: number, headers: Readonly<Record<string, string>> = {}, body = 'said') =>
  listen(
    createServer((request, response) =>
      request.resume().on('end', () => response.writeHead(status, headers).end(body)),
    ),
  );

describe('an answer', () => {
  it.each([
    [200, { is: 'sent', answer: '200 said' }],
    [204, { is: 'sent', answer: '204' }],
    [400, { is: 'failed', isLasting: true, mayHaveArrived: false }],
    [404, { is: 'failed', isLasting: true, mayHaveArrived: false }],
    [429, { is: 'failed', isLasting: false, mayHaveArrived: false }],
    [500, { is: 'failed', isLasting: false, mayHaveArrived: true }],
    [503, { is: 'failed', isLasting: false, mayHaveArrived: false }],
  ])('%i says what follows', async (status, expected) => {
    expect(await send(await answering(status))).toMatchObject(expected);
  });

  it.each([
    ['7', 7_000],
    ['soon', null],
    [new Date(NOW + 60_000).toUTCString(), 60_000],
    [new Date(NOW - 60_000).toUTCString(), null],
  ])('may say when to come again: %s', async (text, retryAfterMs) => {
    expect(await send(await answering(429, { 'retry-after': text }))).toMatchObject({ retryAfterMs });
  });

  it('that leads elsewhere is not followed', async () => {
    let asked = 0;
    const other = await listen(createServer((_request, response) => response.end(String((asked += 1)))));
    const result = await send(await answering(307, { location: other }));
    expect(result).toMatchObject({ is: 'failed', isLasting: true, answer: /redirects are not followed/ });
    expect(asked).toBe(0);
  });

  it('of ten megabytes is read a little of', async () => {
    let written = 0;
    const url = await listen(
      createServer((_request, response) => {
        response.writeHead(200);
        const part = Buffer.alloc(64 * 1024, 'x');
        const more = (): void => {
          while (written < 10_000_000 && !response.destroyed) {
            written += part.length;
            if (!response.write(part)) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      }),
    );
    const result = await send(url);
    expect(result).toMatchObject({ is: 'sent' });
    expect(result.answer.length).toBeLessThanOrEqual(300);
    expect(written).toBeLessThan(10_000_000);
  });

  it('is put on one line, whatever is in it', async () => {
    const result = await send(await answering(200, {}, 'a\r\nb\u0000\u202Ec'));
    expect(result.answer).toBe('200 a b c');
  });
});

describe('no answer', () => {
  it('in time is a failure after which nobody knows', async () => {
    const url = await listen(createServer(() => undefined));
    expect(await send(url, { deadlineMs: 50 })).toMatchObject({
      is: 'failed',
      answer: 'there was no answer in time',
      mayHaveArrived: true,
    });
  });

  it('because nobody listens is one that arrived nowhere', async () => {
    const raw = createRawServer();
    const url = await listen(raw);
    await new Promise((resolve) => void raw.close(resolve));
    expect(await send(url)).toMatchObject({
      is: 'failed',
      mayHaveArrived: false,
      isLasting: false,
      answer: /ECONNREFUSED/,
    });
  });

  it('but something else than HTTP is a failure', async () => {
    const url = await listen(createRawServer((socket) => void socket.end('hello\r\n\r\n')));
    expect(await send(url)).toMatchObject({ is: 'failed', isLasting: false });
  });

  it('because the place is inside: nothing is even connected to', async () => {
    let connections = 0;
    const url = await listen(createRawServer(() => (connections += 1)));
    expect(await send(url, { allowed: new Set() })).toMatchObject({
      is: 'failed',
      isLasting: true,
      answer: /notices\.private_hosts/,
    });
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await send(named, { allowed: new Set() })).toMatchObject({ isLasting: true, answer: /localhost is inside/ });
    expect(connections).toBe(0);
  });
});
