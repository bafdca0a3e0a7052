// The agent's own list of open alerts against ours: what differs is repaired, so that a lost message leaves no wrong alert standing.
import type { Transition } from '@fettle/shared/alert/alert';
import { isInRange } from '@fettle/shared/wire/digest-range';
import type { Digest } from '@fettle/shared/wire/record.schema';

import { type Alert, resolutionOf } from './alert.ts';

const REASON = 'repaired by digest';

/** @param all ours of the device that are open, of rules that agents judge; @param isInForce tells of a rule's id. @returns what the agent would have told, had nothing been lost */
export const repairs = (
  all: readonly Alert[],
  digest: Digest,
  isInForce: (rule: string) => boolean,
): readonly Transition[] => {
  const { range } = digest;
  const standing = all.filter(({ flapping }) => !flapping?.isClear); // what flaps is held open here although it is over
  const open = range ? standing.filter((alert) => isInRange(alert, range)) : standing;
  return [
    ...digest.open.map((theirs) => {
      const ours = open.find((alert) => isSame(alert, theirs));
      const change = !ours ? 'fire' : theirs.severity === 'critical' ? 'raise' : 'lower';
      return ours?.severity === theirs.severity
        ? undefined
        : ({ ...theirs, change, at: digest.at, reason: REASON } as const);
    }),
    ...open.map((ours) => (isOver(ours, digest, isInForce) ? resolutionOf(ours, digest.at, REASON) : undefined)),
  ].filter((transition) => transition !== undefined);
};

/** Not in the agent's list, although it has judged the rule since it started and has decided about this instance, or never will again. */
const isOver = (ours: Alert, { open, judged, undecided }: Digest, isInForce: (rule: string) => boolean): boolean =>
  (judged.includes(ours.rule) || !isInForce(ours.rule)) &&
  !open.some((theirs) => isSame(ours, theirs)) &&
  !undecided.some((theirs) => isSame(ours, theirs));

const isSame = (one: { rule: string; instance: string }, other: { rule: string; instance: string }): boolean =>
  one.rule === other.rule && one.instance === other.instance;
