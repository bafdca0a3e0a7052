// A ticket system for tests, on loopback: as much of Request Tracker's REST 2.0 as is used, with its habits as they were seen on 5.0.3,
// and answers that can get lost after the deed.
import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import { rtSent } from './answers.schema.ts';

export type TrackedTicket = {
  readonly id: number;
  readonly key: string;
  readonly subject: string;
  readonly content: string;
  status: string;
};
type Entry = {
  readonly id: number;
  readonly ticket: number;
  readonly type: string;
  readonly by: string;
  readonly data: string;
  readonly text: string;
};

type Sent = ReturnType<typeof rtSent.parse>;

/** What becomes of a request: it is done and answered, done and not answered, not even done, or waits for ever. */
export type Fate = 'well' | 'answer lost' | 'not done' | 'no answer';
type Answer = { readonly status: number; readonly body: unknown };

export class TestTracker {
  readonly tickets: TrackedTicket[] = [];
  readonly entries: Entry[] = [];
  /** Of the next requests, in their order; well after them. */
  fates: Fate[] = [];
  requests = 0;
  /** What happens here while a ticket is made. */
  onCreate = (): unknown => undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<TestTracker> {
    const server = createServer();
    const tracker = new TestTracker(server);
    server.on('request', (request: IncomingMessage, response) => {
      const fate = tracker.fates.shift() ?? 'well';
      tracker.requests += 1;
      if (fate === 'no answer') return;
      if (fate === 'not done') response.destroy();
      else
        void tracker.#answer(request).then(({ status, body }) => {
          if (fate === 'answer lost') response.destroy();
          else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tracker;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Somebody there writes. */
  write(ticket: number, text: string, by = 'eva', data = 'No Subject'): void {
    this.#add({ ticket, type: 'Comment', by, data, text });
  }

  /** Somebody there sets a status. */
  set(ticket: TrackedTicket, status: string): void {
    ticket.status = status;
    this.#add({ ticket: ticket.id, type: 'Status', by: 'eva', data: '', text: '' });
  }

  #add(entry: Omit<Entry, 'id'>): void {
    this.entries.push({ id: this.entries.length + 1, ...entry });
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    if (request.headers.authorization !== 'token secret') return { status: 401, body: { message: 'Unauthorized' } };
    const url = new URL(request.url ?? '/', this.url);
    const parts = url.pathname.replace('/REST/2.0', '').split('/');
    const body = request.method === 'GET' ? {} : rtSent.parse(await json(request));
    return this.#route(url, parts, body);
  }

  #route(url: URL, [, what = '', id = '', part = '']: readonly string[], body: Sent): Answer {
    if (what === 'tickets') return this.#search(url.searchParams.get('query') ?? '');
    if (what === 'transaction') return this.#attachments(Number(id));
    if (what === 'ticket' && id === '') return this.#create(body);
    const ticket = this.tickets.find((known) => known.id === Number(id));
    return ticket ? this.#about(ticket, part, body, url) : { status: 404, body: { message: 'Not Found' } };
  }

  #search(query: string): Answer {
    const key = /^RefersTo = '(.*)'$/.exec(query)?.[1];
    const found = this.tickets.filter((ticket) => ticket.key === key);
    return { status: 200, body: { items: found.map(({ id }) => ({ type: 'ticket', id: String(id) })), pages: 0 } };
  }

  #create({ Subject = '', RefersTo: key = '', Content: content = '' }: Sent): Answer {
    const ticket = { id: this.tickets.length + 1, key, subject: Subject, content, status: 'new' };
    this.tickets.push(ticket);
    this.onCreate();
    this.#add({ ticket: ticket.id, type: 'Create', by: 'fettle', data: '', text: content });
    return { status: 201, body: { id: String(ticket.id), type: 'ticket' } };
  }

  #about(ticket: TrackedTicket, part: string, body: Sent, url: URL): Answer {
    if (part === 'history')
      return this.#history(ticket, Number(url.searchParams.get('per_page')), Number(url.searchParams.get('page')));
    if (part === 'comment') {
      this.write(ticket.id, body.Content ?? '', 'fettle', `${body.Subject ?? 'No Subject'}\n`);
      return { status: 201, body: ['Comments added'] };
    }
    if (body.Status === 'new' && ticket.status !== 'new')
      return { status: 200, body: ["You can't change status to 'new'."] };
    if (body.Status !== undefined) ticket.status = body.Status;
    return { status: 200, body: { id: ticket.id, Status: ticket.status } };
  }

  #history({ id }: TrackedTicket, size: number, page: number): Answer {
    const all = this.entries.filter(({ ticket }) => ticket === id).toReversed(); // as it is asked for
    const items = all
      .slice((page - 1) * size, page * size)
      .map((entry) => ({ id: String(entry.id), Type: entry.type, Data: entry.data, Creator: { id: entry.by } }));
    return { status: 200, body: { items, pages: null } };
  }

  #attachments(id: number): Answer {
    const text = this.entries.find((entry) => entry.id === id)?.text ?? '';
    return { status: 200, body: { items: [{ ContentType: 'text/plain', Content: text }] } };
  }
}
