// Tells somebody outside, again and again, that this server lives and can write. When it stops, they raise the alarm: nobody else can.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { hostOf } from './address.ts';
import { post } from './post.ts';

export type HeartbeatParts = {
  readonly url: string;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly nowMs: () => number;
};

/** One beat. @returns whether it was heard; only a server that can write beats at all */
export const beat = async ({ url, commit, signal, deadlineMs, nowMs }: HeartbeatParts): Promise<boolean> => {
  const outcome = await commit({ type: 'prove writing' });
  if (outcome.is !== 'done') return false;
  // the administrator's own setting: it may lead anywhere
  const allowed = new Set([hostOf(new URL(url))]);
  const posting = { method: 'GET', url, headers: { 'User-Agent': 'Fettle' }, body: '' } as const;
  const result = await post(posting, { allowed, deadlineMs, signal }, nowMs());
  return result.is === 'sent';
};
