// Groups that are due become messages: each subject once, as it stands now.
import { type Channel, isFor } from '../domain/notice/channel.ts';
import { commonOf } from '../domain/notice/group.ts';
import { type Item, type Tell, messageOf } from '../domain/notice/message.ts';
import { quietUntil } from '../domain/notice/quiet.ts';
import { isSingle, verdictOf } from '../domain/notice/verdict.ts';
import { idOf } from '../store/ids.ts';
import type { Group, WaitingNotice } from '../store/notices.ts';
import type { WriteContext } from './context.ts';
import { findSubject } from './subject.ts';

/** A step is that short that nothing waits long behind it. */
const GROUPS_AT_ONCE = 25;
const NOTICES_AT_ONCE = 500;
/** Messages that may be on their way; beyond, notices are skipped and say so. */
const QUEUE_MAX = 10_000;

/** @returns whether there are more */
export const bundleDue = (context: WriteContext): boolean => {
  const groups = context.store.noticeGroups.due(context.nowMs, GROUPS_AT_ONCE);
  for (const group of groups) bundle(group, context);
  return groups.length === GROUPS_AT_ONCE;
};

const bundle = (group: Group, context: WriteContext): void => {
  const { store, nowMs } = context;
  const waiting = store.notices.waiting(group.topic, NOTICES_AT_ONCE);
  const channel = store.channels.get(group.channel);
  const why = whyNot(channel, waiting[0], context);
  if (!channel || why !== undefined) {
    for (const { id } of waiting) store.notices.skip(id, why ?? 'the channel was removed');
    store.noticeGroups.put({ ...group, dueMs: waiting.length === NOTICES_AT_ONCE ? nowMs : null });
    return;
  }
  const { free, heldUntilMs } = holdQuiet(waiting, context);
  const told = judge(free, channel, context);
  const isMore = waiting.length === NOTICES_AT_ONCE;
  const rest = { ...group, dueMs: isMore ? nowMs : heldUntilMs };
  store.noticeGroups.put(told.items.length === 0 ? rest : { ...rest, delivery: queue(group, told, context) });
};

const whyNot = (
  channel: Channel | undefined,
  first: WaitingNotice | undefined,
  { store }: WriteContext,
): string | undefined => {
  if (!channel) return 'the channel was removed';
  if (!channel.isEnabled) return 'the channel is switched off';
  if (first && !isFor(channel.tenant, first.tenant)) return 'the channel is of another tenant';
  return store.deliveries.count() >= QUEUE_MAX ? 'too many messages wait to be sent' : undefined;
};

/** Those whose route is quiet now stay, the newest of each kind, and are looked at again when that ends. */
const holdQuiet = (waiting: readonly WaitingNotice[], context: WriteContext) => {
  const until = quietIn(context);
  const held = waiting.flatMap((notice) => {
    const untilMs = until(notice);
    return untilMs === undefined ? [] : [{ notice, untilMs }];
  });
  const newest = new Map(held.map(({ notice }) => [`${notice.subject} ${notice.kind}`, notice.id]));
  for (const { notice } of held)
    if (newest.get(`${notice.subject} ${notice.kind}`) !== notice.id)
      context.store.notices.skip(notice.id, 'it happened again within quiet hours');
  const isHeld = new Set(held.map(({ notice }) => notice.id));
  return {
    free: waiting.filter(({ id }) => !isHeld.has(id)),
    heldUntilMs: held.length === 0 ? null : Math.min(...held.map(({ untilMs }) => untilMs)),
  };
};

/** Until when a notice is held; each route is looked at once. */
const quietIn = (context: WriteContext) => {
  const { store, nowMs } = context;
  const known = new Map<string, { readonly untilMs: number | undefined; readonly holdsCritical: boolean }>();
  const ofRoute = (id: string) => {
    const before = known.get(id);
    if (before) return before;
    const quiet = store.routes.get(id)?.quiet ?? null;
    const found = { untilMs: quietUntil(quiet, nowMs), holdsCritical: quiet?.holdsCritical ?? false };
    known.set(id, found);
    return found;
  };
  return ({ route, subject }: WaitingNotice): number | undefined => {
    const { untilMs, holdsCritical } = ofRoute(route);
    if (untilMs === undefined || holdsCritical) return untilMs;
    return findSubject(subject, context)?.severity === 'critical' ? undefined : untilMs;
  };
};

type Told = { readonly items: Item[]; readonly tells: Tell[]; readonly notices: WaitingNotice[] };

const judge = (waiting: readonly WaitingNotice[], channel: Channel, context: WriteContext): Told => {
  const found: Told = { items: [], tells: [], notices: [] };
  for (const [id, notices] of Map.groupBy(waiting, ({ subject }) => subject)) {
    const subject = findSubject(id, context);
    const told = context.store.noticeTold.get(id, channel.id);
    const kinds = notices.map(({ kind }) => kind);
    const verdict = verdictOf(kinds, subject, told?.severity);
    const last = notices.findLast(({ kind }) => verdict.is === 'tell' && kind === verdict.why);
    if (verdict.is === 'skip' || !subject || !last) {
      for (const notice of notices) context.store.notices.skip(notice.id, verdict.why);
      continue;
    }
    const { status, why } = verdict;
    found.items.push({ ...subject, status, why });
    found.tells.push({ subject: id, status, why, severity: subject.severity, ...sourceOf(last) });
    found.notices.push(...notices);
  }
  return found;
};

const sourceOf = ({ outbox, route, rota }: WaitingNotice): Pick<Tell, 'outbox' | 'route' | 'rota'> => ({
  outbox,
  route,
  rota,
});

/** @returns its id */
const queue = (group: Group, { items, tells, notices }: Told, { store, nowMs, newId }: WriteContext): string => {
  const about = commonOf(items);
  const message = messageOf({ topic: group.topic, ...about, atMs: nowMs }, items);
  const changes = notices.map(({ outbox, kind, round }) => `${store.outbox.keyOf(outbox)} ${kind} ${round}`);
  const id = newId('m');
  store.deliveries.put({
    id,
    key: idOf('n', group.channel, ...changes.toSorted()),
    channel: group.channel,
    tenant: about.tenant,
    topic: group.topic,
    message,
    tells,
    state: 'queued',
    attempts: 0,
    nextMs: nowMs,
    // what happens once is told even if it is over by then
    isOwed: tells.some(({ status, why }) => status === 'resolved' || isSingle(why)),
    answer: '',
    madeMs: nowMs,
    settledMs: null,
  });
  for (const notice of notices) store.notices.bundle(notice.id, id);
  return id;
};
