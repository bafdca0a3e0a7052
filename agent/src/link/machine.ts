// The life of the link to the server, as a pure state machine.
//
//   idle        nothing yet. `start` dials.
//   connecting  a socket is being opened; the server speaks first. Its challenge is answered with the hello.
//   greeting    the hello is sent. A welcome opens the link; a refusal ends the try.
//   open        records flow. Lost, it is dialled again after a wait; it counts as stable after a minute.
//               A lane that must begin a new epoch is dialled for anew at once, but only once in a row.
//   waiting     until the next try. A lost link waits a little, failed tries wait longer and longer.
//   stopped     for good.
//
// Told twice, with a wait between, that another machine is connected with the same key, it asks to be a device of its own: this
// machine is a copy. Once could be a connection of its own that the server has not yet seen end.
//
// A try that has not come to a welcome within its time is given up. What to do is returned as effects, for link.ts to carry out.
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { RefuseCode } from '@fettle/shared/wire/server-message.schema';

import { delayMs } from './backoff.ts';

export type LinkState =
  | { readonly name: 'idle' | 'stopped' }
  /** `clones`: how often the server has refused it as a copy since it was last welcome. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly clones?: number }
  /** `isAnew`: dialled without a wait, which is not done twice in a row. */
  | {
      readonly name: 'connecting' | 'greeting';
      readonly attempt: number;
      readonly isAnew?: true;
      readonly clones?: number;
    }
  | { readonly name: 'open'; readonly attempt: number; readonly sinceMs: number; readonly isAnew?: true };

export type LinkEvent =
  /** `renewed`: a lane has a new epoch, which a hello must say. */
  | { readonly type: 'start' | 'challenged' | 'welcomed' | 'renewed' | 'due' | 'stop' }
  | { readonly type: 'refused'; readonly code: RefuseCode; readonly retryAfterMs?: number }
  | { readonly type: 'lost'; readonly retryAfterMs?: number };

export type LinkEffect =
  | { readonly do: 'dial' | 'greet' | 'ask for a key' | 'begin' | 'hang up' }
  /** A `due` after `ms`, in place of any before. */
  | { readonly do: 'wake'; readonly ms: number };

/** What the decisions depend on beside state and event. */
export type LinkContext = { readonly nowMs: number; readonly random: number; readonly spreadMs: number };

export type LinkStep = { readonly state: LinkState; readonly effects: readonly LinkEffect[] };

const HANDSHAKE_MS = 15 * SECOND_MS;
const STABLE_MS = MINUTE_MS;
/** A refusal that a person must see to is not worth asking about more often. */
const HOPELESS_MS = 5 * MINUTE_MS;
/** Where the server asks for no other: longer than it takes to find that a connection is dead. */
const CLONE_MS = MINUTE_MS;
const REFUSALS_OF_A_CLONE = 2;
const HOPELESS: ReadonlySet<RefuseCode> = new Set<RefuseCode>([
  'unknown_device',
  'revoked',
  'bad_signature',
  'protocol_too_old',
  'protocol_too_new',
  'malformed',
  'clone',
]);

export const linkStep = (state: LinkState, event: LinkEvent, context: LinkContext): LinkStep => {
  if (state.name === 'stopped') return { state, effects: [] };
  if (event.type === 'stop') return { state: { name: 'stopped' }, effects: [{ do: 'hang up' }] };
  switch (state.name) {
    case 'idle':
      return event.type === 'start' ? dial(0) : { state, effects: [] };
    case 'waiting':
      return event.type === 'due' ? dial(state.attempt, state.clones) : { state, effects: [] };
    case 'connecting':
    case 'greeting':
      return trying(state, event, context);
    case 'open':
      return opened(state, event, context);
  }
};

const opened = (state: LinkState & { name: 'open' }, event: LinkEvent, context: LinkContext): LinkStep => {
  if (event.type === 'renewed' && !state.isAnew) return dialAnew(state.attempt);
  if (event.type !== 'lost' && event.type !== 'refused' && event.type !== 'renewed') return { state, effects: [] };
  const isStable = context.nowMs - state.sinceMs >= STABLE_MS;
  return wait(isStable ? 0 : state.attempt, event, context);
};

const trying = (
  state: LinkState & { name: 'connecting' | 'greeting' },
  event: LinkEvent,
  context: LinkContext,
): LinkStep => {
  if (event.type === 'lost' || event.type === 'refused' || event.type === 'due') {
    const isClone = event.type === 'refused' && event.code === 'clone';
    return wait(state.attempt, event, context, (state.clones ?? 0) + (isClone ? 1 : 0));
  }
  if (state.name === 'connecting' && event.type === 'challenged') {
    return { state: { ...state, name: 'greeting' }, effects: [{ do: isCopy(state) ? 'ask for a key' : 'greet' }] };
  }
  if (state.name === 'greeting' && event.type === 'welcomed') {
    const { clones: _clones, ...greeting } = state;
    return { state: { ...greeting, name: 'open', sinceMs: context.nowMs }, effects: [{ do: 'begin' }] };
  }
  return { state, effects: [] };
};

const isCopy = ({ clones = 0 }: { readonly clones?: number }): boolean => clones >= REFUSALS_OF_A_CLONE;

const dial = (attempt: number, clones = 0): LinkStep => ({
  state: { name: 'connecting', attempt, ...countOf(clones) },
  effects: [{ do: 'dial' }, { do: 'wake', ms: HANDSHAKE_MS }],
});

const dialAnew = (attempt: number): LinkStep => {
  const { effects } = dial(attempt);
  return { state: { name: 'connecting', attempt, isAnew: true }, effects: [{ do: 'hang up' }, ...effects] };
};

const wait = (attempt: number, event: LinkEvent, { random, spreadMs }: LinkContext, clones = 0): LinkStep => ({
  state: { name: 'waiting', attempt: attempt + 1, ...countOf(clones) },
  effects: [{ do: 'hang up' }, { do: 'wake', ms: leastMs(event, clones) + delayMs(attempt, random, spreadMs) }],
});

const leastMs = (event: LinkEvent, clones: number): number => {
  const askedMs = 'retryAfterMs' in event ? (event.retryAfterMs ?? 0) : 0;
  if (event.type !== 'refused') return askedMs;
  if (event.code === 'clone' && clones <= REFUSALS_OF_A_CLONE) return askedMs || CLONE_MS;
  return HOPELESS.has(event.code) ? Math.max(HOPELESS_MS, askedMs) : askedMs;
};

const countOf = (clones: number) => (clones > 0 ? { clones } : {});
