// Mails to a real SMTP server on loopback, good and bad.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { type SmtpSettings, sendMail } from './mail.ts';

let pem: { readonly key: string; readonly cert: string };

beforeAll(() => {
  const folder = freshFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'].concat([
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ]),
    { stdio: 'ignore' },
  );
  pem = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});

type Received = {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isSecure: boolean;
};

const serve = async (options: SMTPServerOptions = {}) => {
  const received: Received[] = [];
  const server = new SMTPServer({
    ...pem,
    authOptional: true,
    logger: false,
    onData: (stream, session, callback) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString('utf8'),
          isSecure: session.secure,
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that goes away
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { received, port: (server.server.address() as AddressInfo).port };
};

const send = (
  port: number,
  change: Partial<SmtpSettings> = {},
  { subject = 'Critical: disk on srv-01', deadlineMs = 5_000, signal = new AbortController().signal } = {},
) => {
  const smtp = {
    host: '127.0.0.1',
    port,
    security: 'starttls',
    login: undefined,
    from: 'Fettle <fettle@example.org>',
    ca: pem.cert,
  } as const;
  const mail = {
    key: 'n_key',
    to: ['ops@example.org', 'boss@example.org'],
    subject,
    text: 'The disk is full.',
    thread: 't1',
  };
  return sendMail({ ...smtp, ...change }, mail, { deadlineMs, signal });
};

describe('a mail', () => {
  it('comes over TLS with its text, its key, its thread, and a word to machines', async () => {
    const { received, port } = await serve();
    expect(await send(port)).toMatchObject({ is: 'sent', answer: /^250 / });
    expect(received).toMatchObject([
      { from: 'fettle@example.org', to: ['ops@example.org', 'boss@example.org'], isSecure: true },
    ]);
    const [{ text } = { text: '' }] = received;
    for (const line of [
      'Subject: Critical: disk on srv-01',
      'Message-ID: <n_key@example.org>',
      'References: <t1@example.org>',
      'Idempotency-Key: n_key',
      'Auto-Submitted: auto-generated',
    ])
      expect(text).toContain(`${line}\r\n`);
    expect(text).toContain('The disk is full.');
  });

  it('is signed in for where the server wants that, and not sent with a wrong password', async () => {
    const { received, port } = await serve({
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) => {
        if (username === 'fettle' && password === 'right') return callback(null, { user: username });
        return callback(new Error('no such user'));
      },
    });
    const login = (password: string) => ({ login: { user: 'fettle', password } });
    expect(await send(port, login('wrong'))).toMatchObject({ is: 'failed', isLasting: false, mayHaveArrived: false });
    expect(received).toEqual([]);
    expect(await send(port, login('right'))).toMatchObject({ is: 'sent' });
  });

  it('cannot be given headers by who names a machine', async () => {
    const { received, port } = await serve();
    const subject = 'Disk on srv\r\nBcc: thief@example.net\r\n\r\nfake body\n.\nMAIL FROM:<x>';
    expect(await send(port, {}, { subject })).toMatchObject({ is: 'sent' });
    expect(received).toHaveLength(1);
    const [head = ''] = (received[0]?.text ?? '').split('\r\n\r\n');
    expect(head.split('\r\n').filter((line) => /^(?:bcc|mail from)/i.test(line))).toEqual([]);
    expect(received[0]?.to).toEqual(['ops@example.org', 'boss@example.org']);
  });
});

describe('TLS', () => {
  it('that the server does not offer is no reason to do without', async () => {
    const { received, port } = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect(await send(port)).toMatchObject({ is: 'failed', isLasting: false, mayHaveArrived: false });
    expect(received).toEqual([]);
    expect(await send(port, { security: 'none' })).toMatchObject({ is: 'sent' });
  });

  it('of a stranger is refused', async () => {
    const { received, port } = await serve();
    const { ca: _, ...stranger } = {
      ca: '',
      host: '127.0.0.1',
      port,
      security: 'starttls',
      login: undefined,
      from: 'a@example.org',
    } as const;
    const mail = { key: 'k', to: ['b@example.org'], subject: 's', text: 't', thread: 'x' };
    const context = { deadlineMs: 5_000, signal: new AbortController().signal };
    expect(await sendMail(stranger, mail, context)).toMatchObject({ is: 'failed', answer: /self-signed certificate/ });
    expect(received).toEqual([]);
  });

  it('from the first byte works, too', async () => {
    const { received, port } = await serve({ secure: true });
    expect(await send(port, { security: 'tls' })).toMatchObject({ is: 'sent' });
    expect(received).toHaveLength(1);
  });
});

describe('a server that does not take it', () => {
  const refusing = (code: number) => ({
    onRcptTo: (_address: unknown, _session: unknown, callback: (error: Error) => void) =>
      callback(Object.assign(new Error('not today'), { responseCode: code })),
  });

  it.each([
    [450, false],
    [550, true],
  ])('with %i says whether to come again', async (code, isLasting) => {
    const { port } = await serve(refusing(code));
    expect(await send(port)).toMatchObject({ is: 'failed', isLasting, mayHaveArrived: false });
  });

  it('after all of it came says so, too', async () => {
    const at = (responseCode: number): SMTPServerOptions => ({
      onData: (stream, _session, callback) => {
        stream.resume().on('end', () => callback(Object.assign(new Error('no'), { responseCode })));
      },
    });
    expect(await send((await serve(at(452))).port)).toMatchObject({ is: 'failed', isLasting: false });
    expect(await send((await serve(at(554))).port)).toMatchObject({ is: 'failed', isLasting: true });
  });

  it('for one of the addresses is told with the success', async () => {
    const { port, received } = await serve({
      onRcptTo: ({ address }, _session, callback) =>
        address.startsWith('boss') ? callback(Object.assign(new Error('gone'), { responseCode: 550 })) : callback(),
    });
    expect(await send(port)).toMatchObject({ is: 'sent', answer: /not taken for boss@example\.org/ });
    expect(received[0]?.to).toEqual(['ops@example.org']);
  });

  it('and says nothing at all is left after the deadline', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await send(port, {}, { deadlineMs: 100 })).toMatchObject({ is: 'failed', isLasting: false });
  });

  it('within the deadline after the mail has come is one of which nobody knows', async () => {
    const { port } = await serve({ onData: (stream) => void stream.resume() });
    expect(await send(port, {}, { deadlineMs: 1_000 })).toMatchObject({ is: 'failed', mayHaveArrived: true });
  });

  it('while the server stops is not begun', async () => {
    const { port, received } = await serve();
    const answer = 'the server is stopping';
    expect(await send(port, {}, { signal: AbortSignal.abort() })).toMatchObject({ is: 'failed', answer });
    expect(received).toEqual([]);
  });
});
