// Looks at the fleet again and again: who has gone quiet, who is back. What changes is written down.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { type PresenceContext, type PresenceFacts, type PresenceStep, stepPresence } from '../domain/presence.ts';

export type PresenceParts = {
  readonly members: () => Iterable<{ readonly id: string; readonly facts: PresenceFacts; isUnwritten: boolean }>;
  readonly moved: (id: string, change: Pick<PresenceFacts, 'presence' | 'presenceSinceMs' | 'isAlerting'>) => void;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly context: () => PresenceContext;
};

/** One look. */
export const lookAtPresence = (parts: PresenceParts): void => {
  const context = parts.context();
  for (const { id, facts } of parts.members()) {
    const step = stepPresence(facts, context);
    if (step) void move(parts, { id, facts, step, nowMs: context.nowMs });
  }
};

type Move = {
  readonly id: string;
  readonly facts: PresenceFacts;
  readonly step: PresenceStep;
  readonly nowMs: number;
};

const move = async ({ moved, commit }: PresenceParts, { id, facts, step, nowMs }: Move): Promise<void> => {
  const { presence, presenceSinceMs, isAlerting, lastSeenMs, goodbye } = facts;
  moved(id, { ...step, presenceSinceMs: step.presence === presence ? presenceSinceMs : nowMs });
  const outcome = await commit({ type: 'presence', device: id, ...step, lastSeenMs, goodbye });
  // nothing was kept: the next look must see it again
  if (outcome.is === 'unavailable') moved(id, { presence, presenceSinceMs, isAlerting });
};

/** Signs of life since the last time, in one event. */
export const writeSeen = async ({ members, commit }: Pick<PresenceParts, 'members' | 'commit'>): Promise<void> => {
  const heard = [...members()].filter(({ isUnwritten }) => isUnwritten);
  if (heard.length === 0) return;
  for (const member of heard) member.isUnwritten = false;
  const devices = heard.map(({ id, facts }) => ({ id, atMs: facts.lastSeenMs }));
  const outcome = await commit({ type: 'seen', devices });
  if (outcome.is === 'unavailable') for (const member of heard) member.isUnwritten = true;
};
