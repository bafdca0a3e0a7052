// How an alert stands, beside being open: what keeps people from being told, and what makes its word less good than usual.
import type { AlertView, HushReason } from '@fettle/shared/api/alert.schema';

import { formatAge, formatUntil } from './format.ts';

type Quiet = NonNullable<AlertView['quiet']>;

const until = ({ until: at }: Quiet, nowMs: number): string =>
  at === null ? '' : ` until ${formatUntil(Date.parse(at), nowMs)}`;

const by = ({ by: who }: Quiet): string => (who === null ? '' : ` by ${who}`);

/** Of a parent and a window `by` is an id: whoever shows the words links to what it is. */
const words: Readonly<Record<HushReason, (quiet: Quiet, nowMs: number) => string>> = {
  snoozed: (quiet, nowMs) => `Snoozed${until(quiet, nowMs)}${by(quiet)}`,
  muted: (quiet, nowMs) => `Muted${until(quiet, nowMs)}${by(quiet)}`,
  parent: () => 'Suppressed',
  maintenance: (quiet, nowMs) => `In maintenance${until(quiet, nowMs)}`,
  settling: () => 'Waits a moment: others of the site may follow',
  preexisting: () => 'Was so before the agent came',
};

export const quietText = (quiet: Quiet, nowMs: number): string => words[quiet.why](quiet, nowMs);

const countWords: Readonly<Record<HushReason, string>> = {
  snoozed: 'snoozed',
  muted: 'muted',
  parent: 'suppressed',
  maintenance: 'in maintenance',
  settling: 'waiting a moment',
  preexisting: 'known before',
};

/** "5 snoozed, 2 in maintenance", the most first. */
export const quietCounts = (alerts: readonly Pick<AlertView, 'quiet'>[]): string =>
  [...Map.groupBy(alerts, ({ quiet }) => quiet?.why)]
    .flatMap(([why, those]) => (why === undefined ? [] : [{ word: countWords[why], count: those.length }]))
    .toSorted((one, other) => other.count - one.count)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ');

/** Null for one that stands still. */
export const flappingText = (flapping: AlertView['flapping'], nowMs: number): string | null => {
  if (flapping === null) return null;
  const age = formatAge(nowMs - Date.parse(flapping.since));
  return `Comes and goes, ${age === 'now' ? 'since now' : `for ${age}`}${flapping.clear ? '; clear at the moment' : ''}`;
};
