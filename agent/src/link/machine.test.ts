// Every state with every event, as the prose on top of machine.ts has it.
import { refuseCodes } from '@fettle/shared/wire/server-message.schema';
import { describe, expect, it } from 'vitest';

import { type LinkContext, type LinkEvent, type LinkState, type LinkStep, linkStep } from './machine.ts';

const NOW_MS = 1_000_000;
const HANDSHAKE_MS = 15_000;
const MINUTE_MS = 60_000;
const HOPELESS_MS = 300_000;
const SPREAD_MS = 30_000;
const context = (random: number): LinkContext => ({ nowMs: NOW_MS, random, spreadMs: SPREAD_MS });

const states = {
  idle: { name: 'idle' },
  waiting: { name: 'waiting', attempt: 3 },
  connecting: { name: 'connecting', attempt: 3 },
  greeting: { name: 'greeting', attempt: 3 },
  'just open': { name: 'open', attempt: 3, sinceMs: NOW_MS - 59_999 },
  'long open': { name: 'open', attempt: 3, sinceMs: NOW_MS - 60_000 },
  'open anew': { name: 'open', attempt: 3, sinceMs: NOW_MS, isAnew: true },
  stopped: { name: 'stopped' },
} satisfies Record<string, LinkState>;

const events = {
  start: { type: 'start' },
  challenged: { type: 'challenged' },
  welcomed: { type: 'welcomed' },
  renewed: { type: 'renewed' },
  due: { type: 'due' },
  stop: { type: 'stop' },
  refused: { type: 'refused', code: 'shutting_down' },
  lost: { type: 'lost' },
} satisfies Record<string, LinkEvent>;

const hangUp = { do: 'hang up' };
const dialled = (attempt: number) => ({
  state: { name: 'connecting', attempt },
  effects: [{ do: 'dial' }, { do: 'wake', ms: HANDSHAKE_MS }],
});
/** With a random number of 0: the shortest wait there is. */
const waits = (attempt: number, ms: number) => ({
  state: { name: 'waiting', attempt },
  effects: [hangUp, { do: 'wake', ms }],
});
const dialledAnew = {
  state: { name: 'connecting', attempt: 3, isAnew: true },
  effects: [hangUp, ...dialled(3).effects],
};
const failed = waits(4, 1_000);
const stopped = { state: { name: 'stopped' }, effects: [hangUp] };

/** What does something; every other pair does nothing. */
const expected: Readonly<Record<keyof typeof states, Partial<Record<keyof typeof events, unknown>>>> = {
  idle: { start: dialled(0), stop: stopped },
  waiting: { due: dialled(3), stop: stopped },
  connecting: {
    challenged: { state: { name: 'greeting', attempt: 3 }, effects: [{ do: 'greet' }] },
    due: failed,
    refused: failed,
    lost: failed,
    stop: stopped,
  },
  greeting: {
    welcomed: { state: { name: 'open', attempt: 3, sinceMs: NOW_MS }, effects: [{ do: 'begin' }] },
    due: failed,
    refused: failed,
    lost: failed,
    stop: stopped,
  },
  'just open': { renewed: dialledAnew, refused: failed, lost: failed, stop: stopped },
  'long open': { renewed: dialledAnew, refused: waits(1, 0), lost: waits(1, 0), stop: stopped },
  'open anew': { renewed: failed, refused: failed, lost: failed, stop: stopped },
  stopped: {},
};

const pairs = Object.entries(states).flatMap(([stateName, state]) =>
  Object.entries(events).map(([eventName, event]) => ({ stateName, state, eventName, event })),
);

describe('linkStep', () => {
  it.each(pairs)('$stateName, $eventName', ({ stateName, state, eventName, event }) => {
    const does = expected[stateName as keyof typeof states][eventName as keyof typeof events];
    expect(linkStep(state, event, context(0))).toEqual(does ?? { state, effects: [] });
  });

  it('the first wait after a good link is anywhere in the spread of the server', () => {
    const waitOf = (random: number) => linkStep(states['long open'], events.lost, context(random)).effects[1];
    expect(waitOf(0.5)).toEqual({ do: 'wake', ms: SPREAD_MS / 2 });
  });

  it.each([
    ['unknown_device', true],
    ['revoked', true],
    ['bad_signature', true],
    ['protocol_too_old', true],
    ['protocol_too_new', true],
    ['malformed', true],
    ['too_many_requests', false],
    ['already_connected', false],
    ['shutting_down', false],
  ] as const)('after the refusal %s, which a person must see to: %s, it waits accordingly', (code, isHopeless) => {
    const waitOf = (retryAfterMs?: number) =>
      linkStep(
        states.greeting,
        { type: 'refused', code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        context(0),
      ).effects[1];
    expect(waitOf()).toEqual({ do: 'wake', ms: (isHopeless ? HOPELESS_MS : 0) + 1_000 });
    expect(waitOf(7_000)).toEqual({ do: 'wake', ms: (isHopeless ? HOPELESS_MS : 7_000) + 1_000 });
    expect(waitOf(2 * HOPELESS_MS)).toEqual({ do: 'wake', ms: 2 * HOPELESS_MS + 1_000 });
  });

  it('refused as a copy it waits a minute, twice, then asks for a key of its own, and is in no hurry where it gets none', () => {
    const refused = { type: 'refused', code: 'clone' } as const;
    const once = linkStep(states.greeting, refused, context(0));
    expect(once).toEqual({
      state: { name: 'waiting', attempt: 4, clones: 1 },
      effects: [hangUp, { do: 'wake', ms: MINUTE_MS + 1_000 }],
    });
    const through = (state: LinkState, ...said: readonly LinkEvent[]) =>
      said.reduce((step, event) => linkStep(step.state, event, context(0)), { state, effects: [] } as LinkStep);
    // a try that comes to nothing says nothing of it
    const again = through(once.state, events.due, events.lost, events.due, events.challenged);
    expect(again).toEqual({ state: { name: 'greeting', attempt: 5, clones: 1 }, effects: [{ do: 'greet' }] });
    const twice = linkStep(again.state, refused, context(0));
    expect(twice).toEqual({
      state: { name: 'waiting', attempt: 6, clones: 2 },
      effects: [hangUp, { do: 'wake', ms: MINUTE_MS + 1_000 }],
    });
    const asking = through(twice.state, events.due, events.challenged);
    expect(asking).toEqual({
      state: { name: 'greeting', attempt: 6, clones: 2 },
      effects: [{ do: 'ask for a key' }],
    });
    expect(linkStep(asking.state, refused, context(0)).effects).toEqual([
      hangUp,
      { do: 'wake', ms: HOPELESS_MS + 1_000 },
    ]);
  });

  it('refused as a copy it waits as long as the server asks', () => {
    const { effects } = linkStep(states.greeting, { type: 'refused', code: 'clone', retryAfterMs: 100 }, context(0));
    expect(effects[1]).toEqual({ do: 'wake', ms: 1_100 });
  });

  it('a welcome shows that it is none', () => {
    const { state } = linkStep({ name: 'greeting', attempt: 1, clones: 1 }, events.welcomed, context(0));
    expect(state).toEqual({ name: 'open', attempt: 1, sinceMs: NOW_MS });
  });

  it('a lane that is renewed in each session dials at once every second time, and waits in between', () => {
    const waited: number[] = [];
    let step = linkStep({ name: 'idle' }, events.start, context(0.5));
    for (let round = 0; round < 12; round += 1) {
      for (const event of [events.challenged, events.welcomed, events.renewed])
        step = linkStep(step.state, event, context(0.5));
      if (step.state.name !== 'waiting') continue;
      waited.push(...step.effects.flatMap((effect) => ('ms' in effect ? effect.ms : [])));
      step = linkStep(step.state, events.due, context(0.5));
    }
    expect(waited).toEqual([15_000, 1_500, 2_500, 4_500, 8_500, 16_500]);
  });

  it('knows every code of refusal there is', () => {
    expect(refuseCodes).toHaveLength(10);
  });

  it('waits at least as long as a lost server has asked for', () => {
    expect(linkStep(states.connecting, { type: 'lost', retryAfterMs: 7_000 }, context(0)).effects[1]).toEqual({
      do: 'wake',
      ms: 8_000,
    });
  });

  it('a hundred failed tries are a hundred waits of a second to five minutes', () => {
    let state: LinkState = { name: 'idle' };
    let longest = 0;
    state = linkStep(state, events.start, context(0.9)).state;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const { state: waiting, effects } = linkStep(state, events.lost, context(0.9));
      const [, wake] = effects;
      if (wake?.do !== 'wake') throw new Error('no wait');
      expect(wake.ms).toBeGreaterThanOrEqual(longest);
      longest = attempt === 0 ? 0 : wake.ms;
      state = linkStep(waiting, events.due, context(0.9)).state;
      expect(state).toEqual({ name: 'connecting', attempt: attempt + 1 });
    }
    expect(longest).toBeCloseTo(1_000 + 0.9 * 299_000);
  });
});
