// Request Tracker 5 by its REST 2.0: https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html. Our key stands in each ticket as something
// that it refers to, which can be searched for, and in each of our comments as its subject.
import { type ExternalSystem, type ExternalTickets, type Heard, subjectOf } from '../domain/external/external.ts';
import { type Transaction, markOf, ownNoteSince, stateOf, statusFor, writtenSince } from '../domain/external/rt.ts';
import { rtAttachments, rtCreated, rtFound, rtHistory, rtTicket } from './answers.schema.ts';
import { type Call, callerOf } from './call.ts';

const PAGE = 100;
const PAGES_MAX = 100;

type RequestTracker = ExternalSystem & { readonly kind: 'rt' };

export const requestTracker = ({ url, queue, secretFile }: RequestTracker, stopped: AbortSignal): ExternalTickets => {
  const call = callerOf(`${url}/REST/2.0`, secretFile, stopped);
  const statusOf = async (id: string): Promise<string> =>
    rtTicket.parse(await call('GET', `/ticket/${id}?fields=Status`)).Status;
  return {
    ways: 'both',
    find: async (key) => {
      const query = encodeURIComponent(`RefersTo = '${key}'`);
      const { items } = rtFound.parse(await call('GET', `/tickets?query=${query}&orderby=id`));
      const [first] = items;
      return first && String(first.id);
    },
    create: async (key, copy) => {
      const content = { Content: copy.body, ContentType: 'text/plain' };
      const made = await call('POST', '/ticket', { Queue: queue, Subject: subjectOf(copy), RefersTo: key, ...content });
      return String(rtCreated.parse(made).id);
    },
    comment: async ({ externalId }, { key, text }) => {
      await call('POST', `/ticket/${externalId}/comment`, { Subject: key, Content: text, ContentType: 'text/plain' });
    },
    setState: async ({ externalId: id }, state) => {
      const wanted = statusFor(state, await statusOf(id));
      if (wanted === undefined) return;
      const answer = await call('PUT', `/ticket/${id}`, { Status: wanted });
      // what it does not allow it answers with 200 and a sentence
      if ((await statusOf(id)) !== wanted)
        throw new Error(`Its status cannot be ${wanted}: ${JSON.stringify(answer).slice(0, 200)}`);
    },
    look: async (id, key, after) => {
      const state = stateOf(await statusOf(id));
      return heardIn(call, await historyOf(call, id, after), { key, after, state });
    },
  };
};

/** The newest first, page by page, back to the mark. How many there are it does not say to an account that may not see all. */
const historyOf = async (call: Call, id: string, after: string): Promise<readonly Transaction[]> => {
  const read: Transaction[] = [];
  const newest = `fields=Type,Creator,Data&orderby=id&order=DESC&per_page=${PAGE}`;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { items } = rtHistory.parse(await call('GET', `/ticket/${id}/history?${newest}&page=${page}`));
    read.push(...items.map(transactionOf));
    if (items.length === 0 || items.some((item) => item.id <= Number(after))) return read;
  }
  throw new Error(`The history of ${id} has grown by more than ${PAGE * PAGES_MAX} entries since it was last read.`);
};

type Item = ReturnType<typeof rtHistory.parse>['items'][number];

const transactionOf = ({ id, Type, Data, Creator }: Item): Transaction => ({
  id,
  type: Type,
  creator: Creator.id,
  data: Data ?? '',
});

const heardIn = async (
  call: Call,
  history: readonly Transaction[],
  { key, after, state }: { readonly key: string; readonly after: string; readonly state: Heard['state'] },
): Promise<Heard> => {
  const comments: Heard['comments'][number][] = [];
  // one after the other: there may be thousands
  for (const { id, creator } of writtenSince(history, key, after))
    comments.push({ by: creator, text: await textOf(call, id) });
  return { mark: markOf(history, after), state, comments, note: ownNoteSince(history, key, after) };
};

/** Of what was written there: its plain text, where it has one. */
const textOf = async (call: Call, transaction: number): Promise<string> => {
  const { items } = rtAttachments.parse(
    await call('GET', `/transaction/${transaction}/attachments?fields=Content,ContentType`),
  );
  const written = items.find(({ ContentType }) => ContentType?.startsWith('text/plain')) ?? items[0];
  const text = written?.Content?.trim() ?? '';
  return text === '' ? '(no text)' : text;
};
