import type { FeedMessage } from '@fettle/shared/api/feed.schema';
import { describe, expect, it } from 'vitest';

import { Feed, type FeedState, retryDelayMs } from './feed.ts';

type Opened = {
  readonly path: string;
  readonly say: (message: FeedMessage) => void;
  readonly cut: () => void;
  readonly sent: string[];
  isClosed: boolean;
};

const bench = (afterSeq = 5) => {
  const sockets: Opened[] = [];
  const states: FeedState[] = [];
  const messages: FeedMessage[] = [];
  let nowMs = 1_000_000;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let retries = 0;
  const feed = new Feed(
    {
      open: (path, onText, onClose) => {
        const say = (message: FeedMessage): void => onText(JSON.stringify(message));
        const opened: Opened = { path, say, cut: onClose, sent: [], isClosed: false };
        sockets.push(opened);
        return { send: (text) => opened.sent.push(text), close: () => (opened.isClosed = true) };
      },
      clock: {
        wallMs: () => nowMs,
        monoMs: () => nowMs,
        after: (delayMs, run) => {
          const timer = { atMs: nowMs + delayMs, run };
          timers.push(timer);
          return () => (timers = timers.filter((entry) => entry !== timer));
        },
      },
      random: () => 1,
      onState: (state) => states.push(state),
      onMessage: (message) => messages.push(message),
      onRetry: () => (retries += 1),
    },
    afterSeq,
  );
  const advance = (ms: number): void => {
    nowMs += ms;
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.filter(({ atMs }) => atMs > nowMs);
    for (const { run } of due) run();
  };
  const last = (): Opened => sockets.at(-1) as Opened;
  return { feed, sockets, states, messages, advance, last, retries: () => retries };
};

const hello = (lastSeq = 5): FeedMessage => ({ type: 'hello', server: { version: '1', hurry: false, lastSeq } });
const event = (seq: number): FeedMessage => ({ type: 'event', event: { seq } }) as FeedMessage;

describe('feed', () => {
  it('starts after the given seq, is live with the greeting, then says what is watched', () => {
    const { feed, last, states } = bench();
    feed.watch({ devices: ['d_1'], detail: null });
    expect(last().path).toBe('/api/v1/feed?after=5');
    expect(last().sent).toEqual([]);
    last().say(hello());
    expect(states.map(({ kind }) => kind)).toEqual(['starting', 'live']);
    expect(JSON.parse(last().sent[0] ?? '')).toEqual({ type: 'watch', devices: ['d_1'], detail: null });
  });

  it('resumes after the last event seen, and watches the same again', () => {
    const { feed, last, sockets, states, advance, retries } = bench();
    last().say(hello());
    feed.watch({ devices: [], detail: 'd_2' });
    last().say(event(9));
    last().say(event(8));
    last().cut();
    expect(states.at(-1)).toEqual({ kind: 'waiting', lostAtMs: 1_000_000, retryAtMs: 1_001_000 });
    advance(1_000);
    expect(retries()).toBe(1);
    expect(sockets.map(({ path }) => path)).toEqual(['/api/v1/feed?after=5', '/api/v1/feed?after=9']);
    last().say(hello(9));
    expect(last().sent).toEqual([JSON.stringify({ type: 'watch', devices: [], detail: 'd_2' })]);
    expect(states.at(-1)).toEqual({ kind: 'live' });
  });

  it('remembers since when it is lost over failed attempts, and waits longer', () => {
    const { last, states, advance } = bench();
    last().cut();
    advance(1_000);
    expect(states.at(-1)).toEqual({ kind: 'retrying', lostAtMs: 1_000_000 });
    last().cut();
    expect(states.at(-1)).toEqual({ kind: 'waiting', lostAtMs: 1_000_000, retryAtMs: 1_003_000 });
  });

  it('gives up a socket that does not greet in 10 s', () => {
    const { last, states, advance } = bench();
    advance(10_000);
    expect(last().isClosed).toBe(true);
    expect(states.at(-1)?.kind).toBe('waiting');
  });

  it('gives up a live socket that is silent for 40 s: it is half open', () => {
    const { last, states, advance, sockets } = bench();
    last().say(hello());
    advance(39_000);
    expect(states.at(-1)?.kind).toBe('live');
    advance(1_000);
    expect(last().isClosed).toBe(true);
    expect(states.at(-1)?.kind).toBe('waiting');
    advance(1_000);
    expect(sockets).toHaveLength(2);
  });

  it('stays live as long as anything comes, a heartbeat is enough', () => {
    const { last, states, advance, sockets } = bench();
    last().say(hello());
    for (let beats = 0; beats < 10; beats += 1) {
      advance(15_000);
      last().say(beats % 2 === 0 ? { type: 'heartbeat' } : event(6 + beats));
    }
    expect(states.at(-1)?.kind).toBe('live');
    expect(sockets).toHaveLength(1);
  });

  it('goes on after a snapshot, and asks for one when the log of the server is another', () => {
    const { last, messages, advance } = bench();
    last().say(hello());
    last().say({ type: 'snapshot', seq: 900 });
    last().cut();
    advance(1_000);
    expect(last().path).toBe('/api/v1/feed?after=900');
    last().say(hello(3));
    expect(messages.findLast(({ type }) => type === 'snapshot')).toEqual({ type: 'snapshot', seq: 3 });
  });

  it('retries at once when told to, but leaves a live socket alone', () => {
    const { feed, last, sockets } = bench();
    last().say(hello());
    feed.retryNow();
    expect(sockets).toHaveLength(1);
    last().cut();
    feed.retryNow();
    expect(sockets).toHaveLength(2);
  });

  it('is silent once stopped', () => {
    const { feed, last, states, sockets, advance } = bench();
    feed.stop();
    advance(60_000);
    expect(last().isClosed).toBe(true);
    expect(sockets).toHaveLength(1);
    expect(states.map(({ kind }) => kind)).toEqual(['starting']);
  });
});

describe('back-off', () => {
  it('doubles its bound from 1 s to 30 s', () => {
    expect([0, 1, 4, 5, 50].map((failures) => retryDelayMs(failures, () => 1))).toEqual([
      1_000, 2_000, 16_000, 30_000, 30_000,
    ]);
    expect(retryDelayMs(10, () => 0)).toBe(1_000);
    expect(retryDelayMs(10, () => 0.5)).toBe(15_000);
  });
});
