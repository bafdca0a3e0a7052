// One question over real HTTP: an answer, or a rejection, and never a wait without end.
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { postJsonTo } from './http.ts';

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('a question', () => {
  it('is sent as JSON, and its answer read as JSON', async () => {
    const base = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        response.writeHead(201).end(JSON.stringify({ method, url, type: headers['content-type'], body }));
      });
    });
    expect(await postJsonTo(base)('/api/x', { name: 'é' })).toEqual({
      status: 201,
      body: { method: 'POST', url: '/api/x', type: 'application/json', body: { name: 'é' } },
    });
  });

  it.each(['', 'not found', '{"half":'])('whose answer is no JSON (%j) has its status alone', async (text) => {
    const base = await serve((_request, response) => void response.writeHead(404).end(text));
    expect(await postJsonTo(base)('/', {})).toEqual({ status: 404, body: undefined });
  });
});

describe('no answer', () => {
  it.each<[string, RequestListener, string]>([
    ['of a server that hangs up', (request) => void request.socket.destroy(), 'socket hang up'],
    [
      'of one that dies in the middle',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"half":');
        setImmediate(() => request.socket.destroy());
      },
      'broke off',
    ],
    [
      'of one that does not end',
      (_request, response) => {
        response.writeHead(200).write('x'.repeat(400_000));
      },
      'answered with more than 262144 bytes',
    ],
  ])('%s', async (_name, listener, message) => {
    const base = await serve(listener);
    await expect(postJsonTo(base)('/', {})).rejects.toThrow(message);
  });

  it('an endless one is hung up on', async () => {
    const closed = Promise.withResolvers<void>();
    const base = await serve((_request, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200).write('x'.repeat(400_000));
    });
    await postJsonTo(base)('/', {}).catch(() => undefined);
    await closed.promise;
  });

  it('where nobody listens', async () => {
    await expect(postJsonTo('http://127.0.0.1:1')('/', {})).rejects.toThrow('ECONNREFUSED');
  });
});
