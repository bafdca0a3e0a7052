// Looks at the fleet again and again: who has gone quiet, who is back. What changes is written down.
import type { Device } from '../domain/device.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { type PresenceContext, type PresenceFacts, stepPresence } from '../domain/presence.ts';

export type PresenceParts = {
  readonly members: () => Iterable<{ readonly id: string; readonly facts: PresenceFacts; isUnwritten: boolean }>;
  readonly moved: (id: string, change: Pick<PresenceFacts, 'presence' | 'presenceSinceMs' | 'isAlerting'>) => void;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly context: () => PresenceContext;
  /** Nobody is called away before this: after a start of the server everybody is. */
  readonly holdUntilMs: number;
};

/** One look. */
export const lookAtPresence = (parts: PresenceParts): void => {
  const context = parts.context();
  for (const { id, facts } of parts.members()) {
    if (!facts.isConnected && facts.goodbye === null && context.nowMs < parts.holdUntilMs) continue;
    const step = stepPresence(facts, context);
    if (!step) continue;
    const presenceSinceMs = step.presence === facts.presence ? facts.presenceSinceMs : context.nowMs;
    parts.moved(id, { ...step, presenceSinceMs });
    const { lastSeenMs, goodbye } = facts;
    void parts.commit({ type: 'presence', device: id, ...step, lastSeenMs, goodbye });
  }
};

/** Signs of life since the last time, in one event. */
export const writeSeen = ({ members, commit }: Pick<PresenceParts, 'members' | 'commit'>): void => {
  const devices: { id: Device['id']; atMs: number }[] = [];
  for (const member of members()) {
    if (!member.isUnwritten) continue;
    member.isUnwritten = false;
    devices.push({ id: member.id, atMs: member.facts.lastSeenMs });
  }
  if (devices.length > 0) void commit({ type: 'seen', devices });
};
