import type { AlertView } from '@fettle/shared/api/alert.schema';
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { flappingText, quietCounts, quietText } from './quiet-words.ts';
import { isQuiet } from './quiet.ts';

/** Noon, wherever this runs. */
const NOON = new Date(2026, 10, 23, 12, 0).getTime();
const plain = (text: string | null): string | undefined => text?.replaceAll('\u00A0', ' ');
const at = (ms: number): string => new Date(ms).toISOString();

type Quiet = NonNullable<AlertView['quiet']>;

describe('what keeps people from being told', () => {
  it.each<[string, Quiet]>([
    ['Snoozed until 16:00 by Ada', { why: 'snoozed', by: 'Ada', until: at(NOON + 4 * HOUR_MS) }],
    ['Muted until tomorrow 12:00', { why: 'muted', by: null, until: at(NOON + DAY_MS) }],
    ['Suppressed', { why: 'parent', by: 'a_1', until: null }],
    ['In maintenance until 13:00', { why: 'maintenance', by: 'w_1', until: at(NOON + HOUR_MS) }],
    ['Waits a moment: others of the site may follow', { why: 'settling', by: null, until: at(NOON) }],
    ['Was so before the agent came', { why: 'preexisting', by: null, until: null }],
  ])('"%s"', (text, quiet) => {
    expect(plain(quietText(quiet, NOON))).toBe(text);
  });

  it('is nothing to one that is over', () => {
    const quiet: Quiet = { why: 'snoozed', by: null, until: null };
    expect([
      isQuiet({ quiet, state: 'open' }),
      isQuiet({ quiet, state: 'acked' }),
      isQuiet({ quiet, state: 'resolved' }),
      isQuiet({ quiet: null, state: 'open' }),
    ]).toEqual([true, true, false, false]);
  });

  it('is counted by reason, the most first', () => {
    const of = (why: Quiet['why']) => ({ quiet: { why, by: null, until: null } });
    expect(quietCounts([of('muted'), of('preexisting'), of('preexisting'), { quiet: null }])).toBe(
      '2 known before, 1 muted',
    );
    expect(quietCounts([])).toBe('');
  });
});

it.each([
  [null, undefined],
  [{ since: at(NOON - 3 * HOUR_MS), clear: false }, 'Comes and goes, for 3 h'],
  [{ since: at(NOON), clear: true }, 'Comes and goes, since now; clear at the moment'],
])('one that flaps (%j) says so', (flapping, text) => {
  expect(plain(flappingText(flapping, NOON))).toBe(text);
});
