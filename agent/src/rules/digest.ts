// What stands open on the agent, for the server to compare with what stands open there.
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { isDecidable } from '@fettle/shared/rule/judge';
import { isOpen } from '@fettle/shared/rule/step';
import type { Digest } from '@fettle/shared/wire/record.schema';

import { type Entry, openAlertOf } from './entry.ts';

/** Complete readings since the start before a missing alert of a rule counts as over. */
const READINGS_TO_BE_SURE = 2;

/** True as of now, and as long as it is: `digestParts` makes records of it. @param readings complete ones per rule since the start */
export const digestOf = (all: readonly Entry[], readings: ReadonlyMap<string, number>, wallMs: number): Digest => {
  const open = all.filter((entry) => isOpen(entry.state));
  const undecided = all.filter((entry) => !isOpen(entry.state) && !isSettled(entry));
  const sure = [...readings].filter(([, count]) => count >= READINGS_TO_BE_SURE).map(([id]) => id);
  return {
    kind: 'digest',
    at: wallMs,
    open: open.map(openAlertOf),
    judged: sure,
    undecided: undecided.map(({ rule, instance }) => ({ rule: rule.rule.id, instance })),
  };
};

/** Judged not to be a problem, rather than not judged yet. */
const isSettled = (entry: Entry): boolean => {
  const at = entry.ring.length > 0 ? entry.ring.atOf(entry.ring.length - 1) : entry.state.since;
  const view = { window: entry.ring, everyMs: entry.everyMs, from: entry.state.from, at };
  return entry.state.phase === 'ok' && lowestIsDecidable(entry.rule, view);
};

const lowestIsDecidable = ({ levels: [lowest] }: CompiledRule, view: Parameters<typeof isDecidable>[1]): boolean =>
  lowest !== undefined && isDecidable(lowest, view);
