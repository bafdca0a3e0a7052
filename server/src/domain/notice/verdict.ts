// Is it still to be told, when the time to tell has come? By what has happened, how it stands now, and what was told before.
import type { Severity } from '@fettle/shared/alert/alert';

import type { Subject } from './subject.ts';

export type Status = 'firing' | 'resolved';

export type Verdict =
  | { readonly is: 'tell'; readonly status: Status; readonly why: string }
  | { readonly is: 'skip'; readonly why: string };

export const REPEATED = 'notice.repeated';
export const ESCALATED = 'notice.escalated';

/** The end of something: for those who were told that it is there. */
export const isEnd = (kind: string): boolean => kind.endsWith('.resolved');

/** Happens once and stands for itself, whatever was told: the warnings of an SLA. */
export const isSingle = (kind: string): boolean => !/^(?:alert|ticket|notice)\./.test(kind);

/** A warning that a clock of a ticket runs out, or that it has. */
export const isOfPromise = (kind: string): boolean => kind.startsWith('sla.');

/** Of several that wait the worst is said, and of those the last. */
const singleOf = (kinds: readonly string[]): string | undefined =>
  kinds.findLast((kind) => kind === 'sla.breached') ?? kinds.findLast(isSingle);

const isUrgent = (kind: string): boolean =>
  kind === 'alert.raised' || kind === REPEATED || kind === ESCALATED || isSingle(kind);

/**
 * @param kinds of what waits to be told to one channel about one subject, the oldest first
 * @param subject as it is now; undefined: it is gone
 * @param told how severe it was when this channel was last told that it is there; undefined: it was not, or was told its end since
 */
export const verdictOf = (
  kinds: readonly string[],
  subject: Subject | undefined,
  told: Severity | undefined,
): Verdict => {
  if (!subject) return skip('it is gone');
  const single = singleOf(kinds);
  if (subject.standing === 'over') return ofEnded(kinds, told);
  if (single !== undefined) return tell('firing', single);
  if (subject.standing === 'quieted') return skip('a person knows of it');
  const why = kinds.findLast(isUrgent) ?? kinds.findLast((kind) => !isEnd(kind));
  if (why === undefined) return skip('it goes on');
  const isNews = told === undefined || told !== subject.severity || isUrgent(why);
  return isNews ? tell('firing', why) : skip('it was told already');
};

/** Never of what nobody was told. */
const ofEnded = (kinds: readonly string[], told: Severity | undefined): Verdict => {
  if (told === undefined) return skip('it was over before it was told');
  const why = kinds.findLast(isEnd);
  return why === undefined ? skip('it is over') : tell('resolved', why);
};

const tell = (status: Status, why: string): Verdict => ({ is: 'tell', status, why });
const skip = (why: string): Verdict => ({ is: 'skip', why });
