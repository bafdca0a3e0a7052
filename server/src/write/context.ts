// What every durable change is made with, and what it tells the feed.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { Actor } from '../domain/actor.ts';
import type { Device } from '../domain/device.ts';
import type { Outcome } from '../domain/event.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import type { Times } from '../domain/times.ts';
import { type About, type LogEntry, feedEvent } from '../domain/view.ts';
import type { FettleStore } from '../store/fettle.ts';
import { idOf } from '../store/ids.ts';

export type WriteContext = {
  readonly store: FettleStore;
  readonly nowMs: number;
  readonly times: Times;
  /** The pack: what is judged for a device is in the book of that device. */
  readonly book: RuleBook;
  readonly bookFor: (device: Pick<Device, 'id' | 'tenant' | 'site' | 'tags' | 'watchedBy'>) => RuleBook;
  readonly newId: (letter: string) => string;
  /** Told to the feed when the group is on the disk. */
  readonly feed: FeedEvent[];
  /** Devices that an agent looks after and that came, went or came back. */
  readonly watches: string[];
};

export const DONE: Outcome = { is: 'done' };
export const MORE: Outcome = { is: 'more' };

export const refused = (code: string, message: string): Outcome => ({ is: 'refused', code, message });

export const UNKNOWN_DEVICE = refused('unknown_device', 'This device is not known here any more.');

/** Somebody who may see it and not change it, or what is the owner's alone. */
export const FORBIDDEN = refused('forbidden', 'Your role does not allow this.');

/** The one before it was not kept: whoever sent both sends both again. */
export const EARLY: Outcome = { is: 'unavailable', message: 'A record before this one is missing.' };

/** Into the event log, in the same savepoint as what it tells of. */
export const tell = (context: WriteContext, device: About, entry: LogEntry): void => void log(context, device, entry);

/** What it is called there, and which change it is: the same when a restored server is told of it again, another for the same change of another time. */
export type Noticed = {
  readonly kind: string;
  readonly id: string;
  readonly problem: string;
  readonly stamp: number;
};

/** Into the outbox, too: people want to be told of it. */
export const tellPeople = (
  context: WriteContext,
  device: About,
  entry: LogEntry,
  { kind, id: subject, problem, stamp }: Noticed,
): void => {
  const { seq, tenant } = log(context, device, entry);
  const key = idOf('n', problem, kind, String(stamp));
  context.store.outbox.add({ key, event: seq, kind, subject, tenant, atMs: context.nowMs });
};

const log = ({ store, nowMs, feed }: WriteContext, device: About, entry: LogEntry): FeedEvent => {
  const event = store.events.add(nowMs, device.tenant, (seq) => feedEvent(entry, device, { seq, atMs: nowMs }));
  feed.push(event);
  return event;
};

export type Audited = {
  readonly actor: Actor;
  readonly tenant: string;
  readonly action: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

export const audit = ({ store, nowMs }: WriteContext, { actor, tenant, action, subject, detail = {} }: Audited): void =>
  store.audit.append({ atMs: nowMs, tenant, actor: `${actor.kind}:${actor.id}`, action, subject, detail });
