// Messages on their way: which are sent now, and what follows from what became of them.
import { maySee } from '../domain/actor.ts';
import type { Outcome } from '../domain/event.ts';
import { takeToken } from '../domain/notice/bucket.ts';
import type { Channel } from '../domain/notice/channel.ts';
import type { Delivery, Order } from '../domain/notice/delivery.ts';
import type { NoticeEvent } from '../domain/notice/event.ts';
import { repeatAfterMs } from '../domain/notice/group.ts';
import type { Tell } from '../domain/notice/message.ts';
import { retryIn } from '../domain/notice/retry.ts';
import { REPEATED } from '../domain/notice/verdict.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';
import { findSubject } from './subject.ts';

/** A message that nobody told the fate of for so long is sent again: longer than any attempt takes. */
const LEASE_MS = 60_000;
const ANSWER_MAX = 500;

export const applyClaim = (
  { limit, busy }: NoticeEvent & { type: 'claim notices' },
  context: WriteContext,
): Outcome => {
  const due = context.store.deliveries.due(context.nowMs, busy, limit);
  return { is: 'claimed', orders: due.flatMap((delivery) => claim(delivery, context) ?? []) };
};

const claim = (delivery: Delivery, context: WriteContext): Order | undefined => {
  const { store, nowMs } = context;
  const channel = store.channels.get(delivery.channel);
  if (!channel?.isEnabled) {
    const why = channel ? 'the channel is switched off' : 'the channel was removed';
    return settle(delivery, { state: 'dead', answer: why }, context);
  }
  // its last attempt was lost: with the process, or with a thread
  const isOwed = delivery.isOwed || delivery.state === 'sending';
  if (!isOwed && isMoot(delivery, context))
    return settle(
      delivery,
      { state: 'skipped', answer: 'it was over, or somebody knew of it, before it was sent' },
      context,
    );
  const waitMs = tokenOf(channel, context);
  if (waitMs > 0) {
    store.deliveries.put({ ...delivery, isOwed, state: 'queued', nextMs: nowMs + waitMs });
    return undefined;
  }
  const attempt = delivery.attempts + 1;
  store.deliveries.put({ ...delivery, isOwed, state: 'sending', attempts: attempt, nextMs: nowMs + LEASE_MS });
  const { id, key, message } = delivery;
  return { id, key, message, attempt, channel };
};

const isMoot = ({ tells }: Delivery, context: WriteContext): boolean =>
  tells.every(({ subject }) => findSubject(subject, context)?.standing !== 'open');

const tokenOf = ({ id, perHour }: Channel, { store, nowMs }: WriteContext): number => {
  const { bucket, waitMs } = takeToken(store.buckets.get(id), perHour, nowMs);
  store.buckets.put(id, bucket);
  return waitMs;
};

export const applyAttempted = (
  { delivery: id, attempt, result, jitter }: NoticeEvent & { type: 'notice attempted' },
  context: WriteContext,
): Outcome => {
  const delivery = context.store.deliveries.get(id);
  if (!delivery || delivery.state === 'sent') return DONE;
  const answer = result.answer.slice(0, ANSWER_MAX);
  if (result.is === 'sent') {
    settle(delivery, { state: 'sent', answer }, context);
    return DONE;
  }
  // of an attempt that was taken for lost: another is under way
  if (delivery.state !== 'sending' || delivery.attempts !== attempt) return DONE;
  const isOwed = delivery.isOwed || result.mayHaveArrived;
  const failed = { ...delivery, isOwed, answer };
  const waitMs = retryIn(attempt, result, jitter, context.times);
  if (waitMs === undefined) settle(failed, { state: 'dead', answer }, context);
  else context.store.deliveries.put({ ...failed, state: 'queued', nextMs: context.nowMs + waitMs });
  return DONE;
};

/** The end of a message: the next one of its group may go, and what was told is remembered. */
const settle = (
  delivery: Delivery,
  end: { readonly state: 'sent' | 'skipped' | 'dead'; readonly answer: string },
  context: WriteContext,
): undefined => {
  const { store, nowMs, times } = context;
  store.deliveries.put({ ...delivery, ...end, settledMs: nowMs });
  const group = store.noticeGroups.get(delivery.topic);
  if (group?.delivery === delivery.id) {
    const dueMs = group.dueMs === null ? null : Math.max(group.dueMs, nowMs + times.noticeIntervalMs);
    store.noticeGroups.put({ ...group, delivery: null, lastMs: nowMs, dueMs });
  }
  if (end.state === 'sent') for (const tell of delivery.tells) remember(tell, delivery, context);
};

const remember = (tell: Tell, { channel }: Delivery, context: WriteContext): void => {
  const { store, nowMs, times } = context;
  const { subject: id, status, severity, why, outbox, route, rota } = tell;
  if (status === 'resolved') return store.noticeTold.drop(id, channel);
  const before = store.noticeTold.get(id, channel);
  const subject = findSubject(id, context);
  if (!subject) return;
  const afterMs = repeatAfterMs(subject, severity, times);
  const isRepeat = why === REPEATED && before !== undefined;
  store.noticeTold.put({
    subject: id,
    channel,
    outbox,
    route,
    rota,
    severity,
    rounds: before?.rounds ?? 0,
    toldMs: nowMs,
    repeatMs: afterMs === null ? null : nowMs + afterMs,
    escalateMs: isRepeat ? before.escalateMs : escalationAt(rota, subject.type, context),
  });
};

const escalationAt = (id: string, type: 'alert' | 'ticket', { store, nowMs, times }: WriteContext): number | null => {
  const escalation = type === 'alert' ? store.rotas.get(id)?.escalation : null;
  return escalation ? nowMs + escalation.afterMinutes * times.minuteMs : null;
};

export const applyResend = (
  { actor, delivery: id }: NoticeEvent & { type: 'resend notice' },
  context: WriteContext,
): Outcome => {
  const { store, nowMs } = context;
  const delivery = store.deliveries.get(id);
  if (!delivery || !maySee(actor, delivery.tenant)) return refused('not_found', 'There is no such message.');
  if (delivery.state !== 'dead')
    return refused('notice_not_dead', `The message is ${delivery.state}: only one that was given up is sent again.`);
  store.deliveries.put({ ...delivery, state: 'queued', attempts: 0, nextMs: nowMs, isOwed: true, settledMs: null });
  audit(context, { actor, tenant: delivery.tenant, action: 'notice.resend', subject: id });
  return DONE;
};
