// What can only be told, by real mails and real requests on loopback: a thread or a key for each ticket, and nothing lost.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { ExternalSystem } from '../domain/external/external.ts';
import { HURRY } from '../domain/times.ts';
import { NOW, aTold, freshFolder, openWriter, startTestServer } from '../fixture.ts';
import { answers } from '../store/answers.ts';
import type { Ask } from '../store/questions.ts';
import { openerOf } from './open.ts';
import type { OutContext } from './out-context.ts';
import { createSync } from './sync.ts';

const MINUTE_MS = 60_000;
const kim = { ...SYSTEM, name: 'kim' };

/** A tenant whose tickets go there, with one that an alert opened. */
const open = (system: ExternalSystem, context: Partial<OutContext> = {}) => {
  const stores = openWriter();
  stores.fettle.db.pragma('synchronous = OFF');
  let nowMs = NOW;
  /** Writes that come to nothing, in their order. */
  const failing: boolean[] = [];
  const write = (event: WriterEvent): Outcome => stores.writer.commit([event], nowMs)[0]?.outcome ?? { is: 'done' };
  const ask: Ask = (kind, actor, question) => Promise.resolve(answers[kind](stores, actor, question));
  const commit = (event: WriterEvent): Promise<Outcome> =>
    Promise.resolve(failing.shift() ? { is: 'unavailable', message: 'The disk is gone.' } : write(event));
  const url = () => 'https://fettle.example';
  const all = {
    url,
    smtp: undefined,
    allowed: new Set(['127.0.0.1']),
    nowMs: () => nowMs,
    deadlineMs: 5_000,
    ...context,
  };
  const sync = createSync({ ask, commit, nowMs: () => nowMs, serverId: 'srv', lookMs: MINUTE_MS, open: openerOf(all) });
  onTestFinished(() => sync.stop());
  const set = (to: ExternalSystem) => write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: to });
  set(system);
  write(aTold(1));
  const id = stores.fettle.db.prepare<[], string>('SELECT id FROM tickets').pluck().get() ?? '';
  const act = (change: (WriterEvent & { type: 'act on ticket' })['act']) =>
    write({
      type: 'act on ticket',
      actor: kim,
      ticket: id,
      version: stores.fettle.external.copy(id)?.version ?? 0,
      act: change,
    });
  const later = async (ms = MINUTE_MS): Promise<void> => {
    nowMs += ms;
    await sync.round();
  };
  return { ...stores, act, later, failing, set, write, id, link: () => stores.fettle.external.link(id) };
};

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
const words = { body: 'b', priority: 'normal', requester: null, category: null, assignee: null, device: null } as const;

const openMany = (count: number, write: (event: WriterEvent) => unknown): void => {
  for (let n = 0; n < count; n += 1)
    write({ type: 'open ticket', actor: kim, tenant: 'acme', ticket: { subject: `s${n}`, ...words } });
};

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

type Request = { readonly headers: IncomingHttpHeaders; readonly body: unknown };

const receiver = async (statuses: number[] = []) => {
  const requests: Request[] = [];
  const first = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push({ headers: request.headers, body });
      first.resolve();
      response.writeHead(statuses.shift() ?? 202, { location: 'http://127.0.0.1:1/' }).end('taken');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const keyFile = join(freshFolder(), 'key');
  writeFileSync(keyFile, 'hush\n');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`;
  return { requests, asked: first.promise, system: { kind: 'webhook', url, keyFile } as const };
};

describe('a webhook of tickets', () => {
  it('gets each change once, signed, under a key of its own', async () => {
    const { requests, system } = await receiver();
    const { act, later, id } = open(system);
    await later();
    act({ do: 'note', text: 'Looks bad.' });
    await later();
    act({ do: 'resolve', text: 'Cleaned.' });
    await later();
    await later();
    expect(requests.map(({ body }) => body)).toMatchObject([
      { version: '1', event: 'ticket.opened', ticket: { id, number: 'ACME-1', state: 'new' }, note: null },
      { event: 'ticket.noted', note: { text: 'kim: Looks bad.', isInternal: true } },
      { event: 'ticket.noted', note: { text: 'kim: Cleaned.', isInternal: false } },
      { event: 'ticket.state', ticket: { state: 'resolved' } },
    ]);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(requests.length);
    for (const { headers, body } of requests) {
      const stamp = String(headers['fettle-timestamp']);
      const wanted = createHmac('sha256', 'hush')
        .update(`${stamp}.${JSON.stringify(body)}`)
        .digest('hex');
      expect(headers['fettle-signature']).toBe(`v1=${wanted}`);
    }
  });

  it('gets it again under the same key when it failed, or when the word of it was lost here', async () => {
    const { requests, system } = await receiver([500]);
    const { later, link, failing } = open(system);
    await later();
    expect(link()?.problem).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+: 500 taken$/);
    failing.push(true, true);
    await later();
    await later();
    expect(link()).toMatchObject({ problem: '', failures: 0 });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([1, 2, 3].map(() => link()?.externalId));
  });

  it.each([
    ['within our network is not even connected to', { allowed: new Set<string>() }, [], /is inside a private network/],
    ['that leads elsewhere is not followed', {}, [307], /redirects are not followed/],
  ])('%s', async (_name, context, statuses, problem) => {
    const { requests, system } = await receiver([...statuses]);
    const { later, link } = open(system, context);
    await later();
    expect(link()?.problem).toMatch(problem);
    expect(requests).toHaveLength(statuses.length);
  });

  it('without its key is a problem, and nothing goes out unsigned', async () => {
    const { requests, system } = await receiver();
    const { later, link } = open({ ...system, keyFile: '/none/key' });
    await later();
    expect(link()?.problem).toContain('/none/key');
    writeFileSync(system.keyFile, '\n');
    const empty = open(system);
    await empty.later();
    expect(empty.link()?.problem).toContain('is empty: put the key into it');
    expect(requests).toEqual([]);
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
