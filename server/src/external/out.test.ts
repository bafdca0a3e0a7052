// What can only be told, by real mails and real requests on loopback: a thread or a key for each ticket, and nothing lost.
import type { AddressInfo } from 'node:net';

import { MINUTE_MS } from '@fettle/shared/time';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { HURRY } from '../domain/times.ts';
import { NOW, aTold, startTestServer } from '../fixture.ts';
import { kim, open, words, openMany, receiver } from './out-fixture.ts';

const smtpServer = async () => {
  const mails: string[] = [];
  const first = Promise.withResolvers<void>();
  let refuses = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, _session, callback) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('end', () => {
        if (refuses > 0) {
          refuses -= 1;
          return callback(Object.assign(new Error('the mailbox is full'), { responseCode: 452 }));
        }
        mails.push(Buffer.concat(parts).toString('utf8'));
        first.resolve();
        return callback();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const from = 'Fettle <fettle@example.org>';
  const smtp = { host: '127.0.0.1', port, security: 'none', login: undefined, from } as const;
  return { mails, smtp, arrived: first.promise, refuse: (times: number) => (refuses = times) };
};

const MAIL = { kind: 'mail', to: 'desk@example.org' } as const;

const headerOf = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im')
    .exec(mail.split('\r\n\r\n')[0] ?? '')?.[1]
    ?.replaceAll(/\r\n\s+/g, ' ');

/** What a ticket of a person has beside its subject. */
describe('the mailbox of a helpdesk', () => {
  it('has one thread of a ticket: the first mail begins it, all others answer it, with the number in each subject', async () => {
    const { mails, smtp } = await smtpServer();
    const { act, later } = open(MAIL, { smtp });
    await later();
    act({ do: 'comment', text: 'We are on it.', from: 'technician' });
    await later();
    act({ do: 'resolve', text: 'Cleaned.' });
    await later();
    const [first = '', second = '', ...rest] = mails;
    const root = headerOf(first, 'Message-ID') ?? '';
    expect(root).toMatch(/^<fettle\.srv\.t_\w+@example\.org>$/);
    expect(headerOf(first, 'Subject')).toMatch(/^\[ACME-1\] Disk space/);
    expect([headerOf(first, 'References'), headerOf(first, 'In-Reply-To')]).toEqual([undefined, undefined]);
    for (const mail of [second, ...rest]) {
      expect([headerOf(mail, 'References'), headerOf(mail, 'In-Reply-To')]).toEqual([root, root]);
      expect(headerOf(mail, 'Subject')).toMatch(/^Re: \[ACME-1\]/);
    }
    expect(mails.map((mail) => headerOf(mail, 'To'))).toEqual(mails.map(() => 'desk@example.org'));
    expect(new Set(mails.map((mail) => headerOf(mail, 'Message-ID'))).size).toBe(mails.length);
    expect(second).toContain('kim: We are on it.');
    expect(rest.join('')).toContain('ACME-1 is resolved now.');
    expect(first).toContain('https://fettle.example/tickets/t_');
  });

  it('gets no notes that are for technicians', async () => {
    const { mails, smtp } = await smtpServer();
    const { act, later, link } = open(MAIL, { smtp });
    await later();
    act({ do: 'note', text: 'The customer is difficult.' });
    await later();
    expect([mails.length, link()?.problem]).toEqual([1, '']);
  });

  it('that is full for a while gets what it missed, once', async () => {
    const { mails, smtp, refuse } = await smtpServer();
    const { later, link } = open(MAIL, { smtp });
    refuse(1);
    await later();
    expect(link()).toMatchObject({ failures: 1, externalId: null });
    expect(link()?.problem).toMatch(/^Mail to desk@example\.org by 127\.0\.0\.1: .*mailbox is full/);
    await later();
    await later();
    expect([mails.length, link()?.problem]).toEqual([1, '']);
  });

  it('gets the same mail under the same id when the word of it was lost here', async () => {
    const { mails, smtp } = await smtpServer();
    const { later, failing } = open(MAIL, { smtp });
    failing.push(true, true);
    await later();
    await later();
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map((mail) => headerOf(mail, 'Message-ID'))).size).toBe(1);
  });

  it('cannot be told to anybody else by who writes a subject', async () => {
    const { mails, smtp } = await smtpServer();
    const { later, write } = open(MAIL, { smtp });
    const subject = 'Help\r\nBcc: thief@example.net\r\nX-Evil: 1\r\n\r\nbody';
    write({ type: 'open ticket', actor: kim, tenant: 'acme', ticket: { subject, ...words } });
    await later();
    const mail = mails.find((one) => one.includes('[ACME-2]')) ?? '';
    expect(headerOf(mail, 'Subject')).toContain('Bcc: thief@example.net X-Evil: 1 body');
    expect([headerOf(mail, 'Bcc'), headerOf(mail, 'X-Evil')]).toEqual([undefined, undefined]);
  });

  it('without an SMTP server is a problem that says what to set', async () => {
    const { later, link } = open(MAIL);
    await later();
    expect(link()?.problem).toBe('There is no SMTP server: set smtp.host and smtp.from in the configuration.');
  });

  it('that is another one than before begins with the tickets from then on', async () => {
    const { mails, smtp } = await smtpServer();
    const { later, set, write } = open(MAIL, { smtp });
    await later();
    set({ kind: 'mail', to: 'other@example.org' });
    await later();
    expect(mails).toHaveLength(1);
    write(aTold(2, { instance: '/data', at: NOW + MINUTE_MS }));
    await later();
    expect(mails.map((mail) => headerOf(mail, 'To'))).toEqual(['desk@example.org', 'other@example.org']);
  });
});

it('more than a round takes are told in the next ones, and open ones do not stand in their way', async () => {
  const { requests, system } = await receiver();
  const { later, write } = open(system);
  openMany(70, write);
  await later();
  expect(requests).toHaveLength(50);
  await later();
  await later();
  expect(requests).toHaveLength(71);
});

it('a system that is away is asked three times in a round, and told of all when it is back', async () => {
  const statuses = Array.from({ length: 6 }, () => 503);
  const { requests, system } = await receiver(statuses);
  const { later, write, fettle } = open(system);
  openMany(9, write);
  await later(1_000);
  expect(requests).toHaveLength(3);
  await later(1_000);
  expect(requests).toHaveLength(6);
  await later();
  const links = fettle.db.prepare<[], { failures: number }>('SELECT failures FROM external_tickets').all();
  expect(links.map(({ failures }) => failures)).toEqual(links.map(() => 0));
  expect([links.length, new Set(requests.map(({ headers }) => headers['idempotency-key'])).size]).toEqual([10, 10]);
});

it('a server whose tickets do not arrive elsewhere knows it, until they do or need not', async () => {
  const { system } = await receiver(Array.from({ length: 5 }, () => 503));
  const { later, fettle, write } = open(system);
  for (let round = 0; round < 4; round += 1) await later(3_600_000);
  expect(fettle.external.isFailing()).toBe(false);
  await later(3_600_000);
  expect(fettle.external.isFailing()).toBe(true);
  write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: null });
  expect(fettle.external.isFailing()).toBe(false);
  write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system });
  expect(fettle.external.isFailing()).toBe(true);
  await later(3_600_000);
  expect(fettle.external.isFailing()).toBe(false);
});

it('a whole server tells both, each of its tenant, with links to itself', async () => {
  const [{ mails, smtp, arrived }, { requests, system, asked }] = [await smtpServer(), await receiver()];
  const server = await startTestServer({
    pace: { divisor: HURRY },
    notices: { smtp, privateHosts: new Set(['127.0.0.1']), heartbeatUrl: undefined },
  });
  for (const [tenant, to] of [
    ['one', MAIL],
    ['two', system],
  ] as const) {
    await server.commit({ type: 'add tenant', actor: SYSTEM, tenant, name: tenant, prefix: tenant.toUpperCase() });
    await server.commit({ type: 'set external', actor: SYSTEM, tenant, system: to });
    await server.commit({ type: 'open ticket', actor: kim, tenant, ticket: { subject: `of ${tenant}`, ...words } });
  }
  await Promise.all([arrived, asked]);
  expect(mails[0]).toContain('Subject: [ONE-1] of one');
  expect(mails[0]).toContain(`${server.url}/tickets/t_`);
  expect(requests[0]?.body).toMatchObject({ ticket: { number: 'TWO-1' } });
  expect([mails.length, requests.length]).toEqual([1, 1]);
});
