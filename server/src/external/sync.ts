// Keeps tickets and their copies in another system alike: first what happened there comes here, then what is missing there is told.
// Every step is found again if its word of it is lost, so that nothing is there or here twice.
import { messageOf } from '@fettle/shared/error';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import {
  type ExternalStep,
  type ExternalSystem,
  type ExternalTickets,
  type ThereTicket,
  keyOf,
  noteKeyOf,
  placeOf,
  stepsOf,
} from '../domain/external/external.ts';
import type { Ask, Questions } from '../store/questions.ts';

export type SyncParts = {
  readonly ask: Ask;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
  readonly serverId: string;
  readonly lookMs: number;
  /** The back end of a system. */
  readonly open: (system: ExternalSystem, stopped: AbortSignal) => ExternalTickets;
};

/** Tickets of a tenant in one round; the others in the next. */
const AT_ONCE = 50;
/** So many failures one after the other, and the system is taken to be away until the next round: nobody else waits for its deadlines. */
const FAILURES_MAX = 3;
/** There is nothing to be looked at. */
const NEVER = -1;

type Read = NonNullable<Questions['external ticket']['answer']>;
type ExternalTold = (WriterEvent & { readonly type: 'external told' })['told'];

export type Sync = {
  /** Goes through all that is due, once; called again while it does, it waits for that. */
  readonly round: () => Promise<void>;
  /** What is under way is broken off: it is found again the next time. */
  readonly stop: () => Promise<void>;
};

export const createSync = (parts: SyncParts): Sync => {
  const stopped = new AbortController();
  let busy: Promise<void> | undefined;
  const goThrough = async (): Promise<void> => {
    const systems = await parts.ask('external systems', SYSTEM, {});
    const all = systems.map(({ tenant, system }) => {
      const door = parts.open(system, stopped.signal);
      return syncTenant({ tenant, place: placeOf(system), door }, parts, stopped.signal);
    });
    // one that fails ends the round of nobody else: another round beside it would make things twice
    const failed = (await Promise.allSettled(all)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  return {
    round: () => {
      if (stopped.signal.aborted) return Promise.resolve();
      busy ??= goThrough().finally(() => (busy = undefined));
      return busy;
    },
    stop: async () => {
      stopped.abort();
      await busy?.catch(() => undefined); // whoever asked for it is told
    },
  };
};

/** @returns what stops it */
export const startSync = (parts: SyncParts, everyMs: number): (() => Promise<void>) => {
  const { round, stop } = createSync(parts);
  const timer = setInterval(() => void round().catch(() => undefined), everyMs); // the next round tries again
  return () => {
    clearInterval(timer);
    return stop();
  };
};

/** Where the tickets of a tenant go. */
type Way = { readonly tenant: string; readonly place: string; readonly door: ExternalTickets };

const syncTenant = async (way: Way, parts: SyncParts, stopped: AbortSignal): Promise<void> => {
  const { tenant, place, door } = way;
  const nowMs = parts.nowMs();
  const lookBeforeMs = door.ways === 'both' ? nowMs - parts.lookMs : NEVER;
  const due = { tenant, nowMs, lookBeforeMs, limit: AT_ONCE };
  let failures = 0;
  for (const ticket of await parts.ask('external due', SYSTEM, due)) {
    try {
      await syncTicket(ticket, way, parts);
      failures = 0;
    } catch (error) {
      if (stopped.aborted) return;
      const problem = messageOf(error);
      await parts.commit({ type: 'external failed', ticket, place, problem, firstWaitMs: parts.lookMs });
      failures += 1;
      if (failures === FAILURES_MAX) return;
    }
  }
};

const syncTicket = async (id: string, way: Way, parts: SyncParts): Promise<void> => {
  const { door } = way;
  const key = keyOf(parts.serverId, id);
  const found = await placed(id, key, way, parts);
  if (!found) return;
  const { externalId, heardMark: after } = found;
  if (door.ways === 'both')
    await kept(parts, { type: 'external heard', ticket: id, after, heard: await door.look(externalId, key, after) });
  const now = await parts.ask('external ticket', SYSTEM, { id });
  if (!now?.link) return;
  const there = { externalId, key, copy: now.ticket };
  for (const step of stepsOf(now.ticket, now.notes, now.link))
    await tell(id, await take(step, there, door), way, parts);
  await tell(id, passed(now), way, parts);
};

/** All that was read is there, or need not be; more of it follows in the next round. */
const passed = ({ ticket, notes, areAll }: Read): ExternalTold => ({
  ...(notes.length > 0 && { toldNote: notes.at(-1)?.id ?? 0 }),
  ...(areAll && { toldVersion: ticket.version }),
});

/** There, by all means once: it is looked for before it is made, as the word of having made it may have been lost. */
const placed = async (id: string, key: string, way: Way, parts: SyncParts): Promise<Found | undefined> => {
  const known = await parts.ask('external ticket', SYSTEM, { id });
  if (!known) return undefined;
  const { externalId: there, heardMark = '' } = known.link ?? {};
  if (there) return { externalId: there, heardMark };
  const { door } = way;
  const found = door.ways === 'both' ? await door.find(key) : undefined;
  const externalId = found ?? (await door.create(key, known.ticket));
  // what is only told has been told its state, too
  await tell(id, { externalId, toldState: door.ways === 'both' ? 'new' : known.ticket.state }, way, parts);
  return { externalId, heardMark };
};

/** Which one it is there, and up to where it was heard. */
type Found = { readonly externalId: string; readonly heardMark: string };

const take = async (step: ExternalStep, there: ThereTicket, door: ExternalTickets): Promise<ExternalTold> => {
  if (step.do === 'comment') {
    const { note, text, isInternal } = step;
    await door.comment(there, { key: noteKeyOf(there.key, note), text, isInternal });
    return { toldNote: note };
  }
  await door.setState(there, step.state);
  return { toldState: step.state };
};

const tell = (ticket: string, told: ExternalTold, { place }: Way, parts: SyncParts): Promise<void> =>
  kept(parts, { type: 'external told', ticket, place, told });

/** @throws Error when it is not on the disk: what follows would be lost with it */
const kept = async ({ commit }: SyncParts, event: WriterEvent): Promise<void> => {
  const outcome = await commit(event);
  if (outcome.is !== 'done' && outcome.is !== 'duplicate')
    throw new Error('message' in outcome ? outcome.message : `It is ${outcome.is}.`);
};
