// Looks at the fleet again and again: who has gone quiet, who is back. What changes is written down.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import {
  type PresenceContext,
  type PresenceFacts,
  type PresenceStep,
  stepPresence,
} from '../domain/presence/presence.ts';
import { type TargetWatch, targetPresence } from '../domain/target.ts';
import type { SelfCheck } from './self-check.ts';

type Member = {
  readonly id: string;
  readonly facts: PresenceFacts;
  readonly watched?: { readonly by: string; readonly name: string };
  isUnwritten: boolean;
};

export type PresenceParts = {
  readonly members: () => Iterable<Member>;
  /** What an agent saw since then of those it looks after. */
  readonly watch: (id: string, sinceMs: number) => TargetWatch;
  readonly heard: (id: string, nowMs: number) => void;
  readonly moved: (id: string, change: Pick<PresenceFacts, 'presence' | 'presenceSinceMs' | 'isAlerting'>) => void;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly context: () => Pick<PresenceContext, 'nowMs' | 'times' | 'startedMs'>;
  /** Each device's own. */
  readonly silence: (device: string) => Pick<PresenceContext, 'rule' | 'isOff'>;
  readonly selfCheck: SelfCheck;
};

type Now = ReturnType<PresenceParts['context']>;

/** One look. */
export const lookAtPresence = (parts: PresenceParts): void => {
  const now = parts.context();
  const context = { ...now, ...parts.selfCheck.look(now.nowMs, now.times) };
  const watchOf = watchesOf(parts, context);
  for (const { id, facts, watched } of parts.members()) {
    const step = watched
      ? stepTarget(parts, { id, facts, name: watched.name }, watchOf(watched.by), context)
      : stepPresence(facts, { ...context, ...parts.silence(id) });
    if (step) void move(parts, { id, facts, step, nowMs: context.nowMs });
  }
};

/** What each agent saw, asked for once. */
const watchesOf = ({ watch }: PresenceParts, { nowMs, times }: Now) => {
  const known = new Map<string, TargetWatch>();
  return (id: string): TargetWatch => {
    const seen = known.get(id) ?? watch(id, nowMs - times.targetFreshMs);
    known.set(id, seen);
    return seen;
  };
};

type Target = Pick<Member, 'id' | 'facts'> & { readonly name: string };

/** Of what has no agent. After a start of the server nobody looks yet, and nothing is said of it for a while. */
const stepTarget = (
  { heard }: PresenceParts,
  { id, facts, name }: Target,
  seen: TargetWatch,
  { nowMs, startedMs, times }: Now,
): PresenceStep | undefined => {
  if (!seen.isConnected && nowMs - startedMs < times.startHoldMs) return undefined;
  const presence = targetPresence(facts.presence, name, seen);
  if (presence === 'online') heard(id, nowMs);
  return presence === facts.presence ? undefined : { presence, isAlerting: false };
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
