// When each target is looked at: at its own rhythm, few at once, the first time spread out. After a first failure soon again,
// so that two readings of it a minute apart are two looks.
import type { Cancel, Clock } from '@fettle/shared/time';

import type { CheckLine } from './check-line.schema.ts';
import type { Check } from './check.ts';
import type { Look } from './look.ts';

const AT_ONCE = 8;
const SPREAD_MS = 100;
const CONFIRM_MS = 25_000;
/** Also of a target that takes longer than its rhythm. */
const REST_MS = 1_000;

export type RoundsParts = {
  readonly checks: readonly Check[];
  readonly clock: Clock;
  readonly look: Look;
  readonly tell: (line: CheckLine) => void;
};

/** @returns what ends them; a look that is under way is told no more */
export const startRounds = ({ checks, clock, look, tell }: RoundsParts): (() => void) => {
  const waiting = new Map<Check, Cancel>();
  const due: Check[] = [];
  const failing = new Set<Check>();
  let atWork = 0;
  let isStopped = false;

  const plan = (check: Check, delayMs: number): void => {
    const begin = (): void => {
      waiting.delete(check);
      due.push(check);
      next();
    };
    if (!isStopped) waiting.set(check, clock.after(delayMs, begin));
  };

  const next = (): void => {
    const check = atWork < AT_ONCE && !isStopped ? due.shift() : undefined;
    if (check) void work(check);
  };

  const work = async (check: Check): Promise<void> => {
    atWork += 1;
    const startedMs = clock.monoMs();
    const line = await look(check);
    atWork -= 1;
    if (!isStopped) tell(line);
    const isNews = line.verdict === 'failed' && !failing.has(check);
    if (line.verdict === 'failed') failing.add(check);
    else failing.delete(check);
    const restMs = startedMs + check.everyMs - clock.monoMs();
    plan(check, Math.max(REST_MS, isNews ? Math.min(CONFIRM_MS, restMs) : restMs));
    next();
  };

  for (const [index, check] of checks.entries()) plan(check, index * SPREAD_MS);
  return () => {
    isStopped = true;
    for (const cancel of waiting.values()) cancel();
  };
};
