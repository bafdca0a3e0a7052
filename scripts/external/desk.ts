// Somebody who works in Request Tracker: looks, writes and resolves there with an account of their own.
import { type SeenTicket, seenAttachments, seenHistory, seenTickets } from './desk.schema.ts';
import type { Account } from './request-tracker.ts';

export type Desk = {
  readonly tickets: () => Promise<readonly SeenTicket[]>;
  /** What was written to it, in its order. */
  readonly comments: (ticket: string) => Promise<readonly string[]>;
  readonly comment: (ticket: string, text: string) => Promise<void>;
  readonly setStatus: (ticket: string, status: string) => Promise<void>;
};

export const deskOf = (url: string, { name, password }: Account): Desk => {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/REST/2.0${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const textOf = async (transaction: string): Promise<string> => {
    const found = seenAttachments.parse(await call('GET', `/transaction/${transaction}/attachments?fields=Content`));
    return found.items.map(({ Content }) => Content ?? '').join('');
  };
  return {
    tickets: async () =>
      seenTickets.parse(
        await call('GET', `/tickets?query=${encodeURIComponent('id > 0')}&fields=Subject,Status&per_page=100`),
      ).items,
    comments: async (ticket) => {
      const { items } = seenHistory.parse(await call('GET', `/ticket/${ticket}/history?fields=Type&per_page=100`));
      return Promise.all(items.filter(({ Type }) => Type === 'Comment').map(({ id }) => textOf(id)));
    },
    comment: async (ticket, text) =>
      void (await call('POST', `/ticket/${ticket}/comment`, { Content: text, ContentType: 'text/plain' })),
    setStatus: async (ticket, status) => void (await call('PUT', `/ticket/${ticket}`, { Status: status })),
  };
};
