// The door to the writer: gathers events into groups, hands over one group at a time, and tells each event's fate.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { Outcome, Result, WriterEvent } from '../domain/event.ts';
import type { WriterAnswer, WriterRequest } from './messages.ts';
import type { Thread } from './thread.ts';

/** A group is sent when it is this large, or its first event has waited this long. */
export const GROUP_MAX = 256;
export const GATHER_MS = 10;
/** So many events may wait; beyond, new ones are turned away, and whoever sends them keeps them. */
const WAITING_MAX = 20_000;

type Waiting = { readonly event: WriterEvent; readonly resolve: (outcome: Outcome) => void };

export type Committer = {
  /** Resolves when the event is on the disk, or with why it is not. */
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly waiting: () => number;
  /** Everything accepted so far is written; what comes later is turned away. */
  readonly close: () => Promise<void>;
};

const STOPPING: Outcome = { is: 'unavailable', message: 'The server is stopping.' };
const ENDED: Outcome = { is: 'unavailable', message: 'The writer has ended.' };
const FULL: Outcome = { is: 'unavailable', message: 'The server has more to write than it can take.' };

/** @param onFeed is told of every group's events, in order, after they are on the disk */
export const createCommitter = (
  thread: Thread<WriterRequest, WriterAnswer>,
  onFeed: (events: readonly FeedEvent[]) => void,
): Committer => {
  const queue: Waiting[] = [];
  let inWork: readonly Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let whenIdle: (() => void) | undefined;
  let isClosed = false;

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (inWork.length > 0 || queue.length === 0) return;
    inWork = queue.splice(0, GROUP_MAX);
    thread.post({ events: inWork.map(({ event }) => event) });
  };

  thread.onAnswer(({ results }) => {
    const done = inWork;
    inWork = [];
    // the next group is on its way before the fates of this one are told
    send();
    settle(done, results);
    const feed = results.flatMap((result) => result.feed);
    if (feed.length > 0) onFeed(feed);
    if (inWork.length === 0) whenIdle?.();
  });

  thread.onEnd(() => {
    isClosed = true;
    clearTimeout(timer);
    for (const { resolve } of [...inWork, ...queue.splice(0)]) resolve(ENDED);
    inWork = [];
    whenIdle?.();
  });

  return {
    commit: (event) => {
      if (isClosed) return Promise.resolve(STOPPING);
      if (queue.length >= WAITING_MAX) return Promise.resolve(FULL);
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      queue.push({ event, resolve });
      if (queue.length >= GROUP_MAX) send();
      else timer ??= setTimeout(send, GATHER_MS);
      return promise;
    },
    waiting: () => queue.length + inWork.length,
    close: async () => {
      isClosed = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      whenIdle = resolve;
      send();
      if (inWork.length === 0) resolve();
      await promise;
      await thread.close();
    },
  };
};

const settle = (done: readonly Waiting[], results: readonly Result[]): void => {
  for (const [index, { resolve }] of done.entries()) resolve(results[index]?.outcome ?? ENDED);
};
