import { describe, expect, it, onTestFinished } from 'vitest';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { type Committer, createCommitter } from './committer.ts';
import type { WriterAnswer, WriterRequest } from './messages.ts';
import { startThread } from './thread.ts';

/** A real thread that does with each group what `onGroup` says. */
const program = (onGroup: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let groups = 0;
    const answer = (events) => parentPort.postMessage({ results: events.map(({ device }, index) => ({
      outcome: { is: 'removed', devices: [device, groups + '/' + events.length] },
      feed: [{ seq: Number(device) }],
    })) });
    parentPort.once('message', () => {
      parentPort.on('message', (request) => {
        if (request === 'close') return parentPort.close();
        const { events } = request;
        groups += 1;
        ${onGroup}
      });
      parentPort.postMessage({ ready: true });
    });
  `)}`,
  );

const ECHO = program('answer(events);');
const SLOW = program('setTimeout(() => answer(events), 30);');
const DEAF = program('');
const DYING = program('if (groups === 2) process.exit(7); answer(events);');
const THROWING = program("throw new Error('broken disk');");

const start = async (file: URL) => {
  const deaths: string[] = [];
  const fed: number[] = [];
  const data = { folder: '', divisor: 1 };
  const thread = await startThread<WriterRequest, WriterAnswer>(file, data, ({ message }) => void deaths.push(message));
  onTestFinished(() => thread.close());
  const committer = createCommitter(thread, (events) => void fed.push(...events.map(({ seq }) => seq)));
  return { committer, deaths, fed };
};

/** Events that are told apart by their device. */
const numbered = (count: number, from = 0): readonly WriterEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'forget device', device: String(from + index) }));

const commitAll = ({ commit }: Committer, events: readonly WriterEvent[]) => Promise.all(events.map(commit));

const nameOf = (outcome: Outcome) => (outcome.is === 'removed' ? outcome.devices[0] : outcome.is);
const groupOf = (outcome: Outcome) => (outcome.is === 'removed' ? outcome.devices[1] : outcome.is);

describe('events', { timeout: 30_000 }, () => {
  it('are told each its own outcome, and the feed is in their order', async () => {
    const { committer, fed } = await start(ECHO);
    const outcomes = await commitAll(committer, numbered(1_000));
    expect(outcomes.map(nameOf)).toEqual(numbered(1_000).map((_, index) => String(index)));
    expect(fed).toEqual(numbered(1_000).map((_, index) => index));
  });

  it('that come together go together, no more than 256 at once', async () => {
    const { committer } = await start(ECHO);
    const few = await commitAll(committer, numbered(3));
    expect(few.map(groupOf)).toEqual(['1/3', '1/3', '1/3']);
    const many = await commitAll(committer, numbered(600));
    expect([...new Set(many.map(groupOf))]).toEqual(['2/256', '3/256', '4/88']);
  });

  it('that come while a group is written are the next group, however long that takes', async () => {
    const { committer } = await start(SLOW);
    const first = committer.commit({ type: 'forget device', device: '0' });
    const later = await new Promise<readonly Outcome[]>((resolve) => {
      // the first group is in work by now, and will be for a while
      setTimeout(() => resolve(commitAll(committer, numbered(2, 1))), 15);
    });
    expect([await first, ...later].map(groupOf)).toEqual(['1/1', '2/2', '2/2']);
    expect(committer.waiting()).toBe(0);
  });

  it('beyond what may wait are turned away, and those that wait are kept', async () => {
    const { committer } = await start(DEAF);
    const accepted = numbered(20_256).map(committer.commit);
    expect(committer.waiting()).toBe(20_256);
    expect(await committer.commit({ type: 'due' })).toMatchObject({ is: 'unavailable', message: /more to write/ });
    expect(committer.waiting()).toBe(20_256);
    void accepted;
  });
});

describe('closing', () => {
  it('writes all that was accepted, and takes nothing more', async () => {
    const { committer, fed, deaths } = await start(SLOW);
    const accepted = commitAll(committer, numbered(600));
    const closed = committer.close();
    expect(await committer.commit({ type: 'due' })).toMatchObject({ is: 'unavailable', message: /stopping/ });
    await closed;
    expect((await accepted).map(nameOf)).toEqual(numbered(600).map((_, index) => String(index)));
    expect(fed).toHaveLength(600);
    expect(deaths).toEqual([]);
  });

  it('with nothing to do is done at once', async () => {
    const { committer } = await start(ECHO);
    await committer.close();
    expect(committer.waiting()).toBe(0);
  });
});

describe('a thread that ends by itself', () => {
  it('leaves nobody waiting: what was not answered is unavailable', async () => {
    const { committer, deaths } = await start(DYING);
    const outcomes = await commitAll(committer, numbered(600));
    expect([...new Set(outcomes.map(groupOf))]).toEqual(['1/256', 'unavailable']);
    expect(committer.waiting()).toBe(0);
    expect(await committer.commit({ type: 'due' })).toMatchObject({ is: 'unavailable' });
    expect(deaths).toEqual(['a thread ended with 7']);
  });

  it('tells why, once, and can be closed', async () => {
    const { committer, deaths } = await start(THROWING);
    expect(await committer.commit({ type: 'due' })).toMatchObject({ is: 'unavailable', message: /ended/ });
    await committer.close();
    expect(deaths).toEqual(['broken disk']);
  });
});
