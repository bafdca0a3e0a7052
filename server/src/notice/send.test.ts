// Each kind of channel, to a receiver on loopback that takes what comes.
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ChannelSettings } from '@fettle/shared/api/notice.schema';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished } from 'vitest';

import { testMessage } from '../domain/notice/message.ts';
import { NOW } from '../fixture.ts';
import type { SmtpSettings } from './mail.ts';
import { createSend } from './send.ts';

const send = (settings: ChannelSettings, smtp?: SmtpSettings) => {
  const channel = { id: 'c_1', tenant: '', name: 'ops', isEnabled: true, perHour: 60, settings };
  const sendTo = createSend({
    url: () => 'https://fettle.example/',
    smtp,
    allowed: new Set(['127.0.0.1']),
    nowMs: () => NOW,
    signal: new AbortController().signal,
    deadlineMs: 5_000,
  });
  return sendTo({ key: 'n_key', message: testMessage(NOW), channel });
};

const receive = async () => {
  const hits: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: unknown }[] =
    [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      hits.push({ url: request.url, headers: request.headers, body });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { hits, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x` };
};

it.each<[string, (url: string) => ChannelSettings, object, object]>([
  [
    'a webhook',
    (url) => ({ kind: 'webhook', url }),
    { version: '4', receiver: 'ops', externalURL: 'https://fettle.example' },
    {},
  ],
  ['Slack', (url) => ({ kind: 'slack', url }), { text: 'Warning: This is a test on Fettle' }, {}],
  [
    'Teams',
    (url) => ({ kind: 'teams', url }),
    { type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] },
    {},
  ],
  [
    'ntfy',
    (url) => ({ kind: 'ntfy', url, topic: 'ops', token: 'tk_1' }),
    { topic: 'ops', priority: 3, click: 'https://fettle.example/devices/' },
    { authorization: 'Bearer tk_1' },
  ],
])('%s gets its own form, and the key in a header', async (_name, settingsOf, body, headers) => {
  const { hits, url } = await receive();
  expect(await send(settingsOf(url))).toEqual({ is: 'sent', answer: '200 ok' });
  const own = { 'idempotency-key': 'n_key', 'content-type': 'application/json', 'user-agent': 'Fettle' };
  expect(hits).toMatchObject([{ url: '/x', body, headers: { ...own, ...headers } }]);
  expect(hits[0]?.headers['fettle-signature']).toBeUndefined();
});

it('a mail goes by the mail server, and without one nowhere', async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, callback) => {
      stream.on('data', (part: Buffer) => void received.push(part.toString('utf8')));
      stream.on('end', () => callback());
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const smtp = { host: '127.0.0.1', port, security: 'none', login: undefined, from: 'fettle@example.org' } as const;
  const settings: ChannelSettings = { kind: 'email', to: ['ops@example.org'] };
  expect(await send(settings, smtp)).toMatchObject({ is: 'sent' });
  expect(received.join('')).toContain('Subject: Warning: This is a test on Fettle\r\n');
  expect(await send(settings)).toMatchObject({ is: 'failed', answer: /set smtp\.host/, isLasting: false });
});
