// What is old enough goes: readings, the event log, sessions. Little by little, so that nothing waits behind it.
import { DAY_MS } from '@fettle/shared/time';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { SESSION_LIFE_MS } from '../domain/times.ts';

export type RetentionParts = {
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
  readonly retention: { readonly rawDays: number; readonly eventDays: number };
};

export const expire = async ({ commit, nowMs, retention }: RetentionParts): Promise<void> => {
  const now = nowMs();
  const { rawDays, eventDays } = retention;
  const rawBeforeMs = now - rawDays * DAY_MS;
  await untilDone(commit, { type: 'expire batches', beforeMs: rawBeforeMs });
  await untilDone(commit, { type: 'expire sets', beforeMs: rawBeforeMs, nowMs: now });
  await untilDone(commit, {
    type: 'expire',
    eventsBeforeMs: now - eventDays * DAY_MS,
    sessionsBeforeMs: now - SESSION_LIFE_MS,
  });
};

/** Whatever else was committed meanwhile comes between two steps. */
const untilDone = async (commit: RetentionParts['commit'], event: WriterEvent): Promise<void> => {
  for (let outcome = await commit(event); outcome.is === 'more';) outcome = await commit(event);
};
