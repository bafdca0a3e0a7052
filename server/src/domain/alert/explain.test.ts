import { ruleHash } from '@fettle/shared/rule/hash';
import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, anAlert } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import type { Alert } from './alert.ts';
import { type AlertFacts, explain } from './explain.ts';

const rule = ruleBookAt({ divisor: 1 }).byId.get('disk.space');
const explained = (alert: Partial<Alert>, quietBy?: string) =>
  explain({ alert: anAlert(alert), mute: undefined, quietBy }, rule);

describe('an alert says', () => {
  it('by which rule it was judged, and whether that is in force', () => {
    expect(explained({}).rule).toMatchObject({
      id: 'disk.space',
      hash: 'hash-1',
      isInForce: false,
      title: rule?.title,
    });
    expect(explained({}).rule.levels).toHaveLength(rule?.levels.length ?? 0);
    expect(explained({ ruleHash: rule ? ruleHash(rule) : '' }).rule.isInForce).toBe(true);
    const gone = explain({ alert: anAlert(), mute: { untilMs: NOW }, quietBy: undefined }, undefined);
    expect(gone.rule).toEqual({ id: 'disk.space', title: 'disk.space', hash: 'hash-1', isInForce: false, levels: [] });
    expect(gone.mutedUntil).toBe('2026-11-23T12:00:00.000Z');
  });

  it('on what it was judged, how often, and whether it comes and goes', () => {
    const evidence = [{ metric: 'no.such', value: 7 }];
    const { why, mutedUntil } = explained({
      evidence: [...anAlert().evidence, ...evidence],
      occurrences: 3,
      flapping: { sinceMs: NOW, isClear: false },
    });
    expect(why).toHaveLength(4);
    expect(why[0]).toMatch(/, limit 85\s%\.$/u);
    expect(why[1]).not.toContain('limit');
    expect(why.slice(2)).toEqual([
      'It fired 3 times.',
      'It comes and goes since 2026-11-23T12:00:00.000Z, and is held open.',
    ]);
    expect(mutedUntil).toBeNull();
    expect(explained({ evidence: [] }).why).toEqual([]);
  });

  const until = 'until 2026-11-23T13:00:00.000Z';
  it.each<[string, Partial<Alert>, string | undefined, string]>([
    [
      'muted',
      { hush: { why: 'muted', by: 'eva', untilMs: NOW + HOUR_MS } },
      'eva',
      `Not told, ${until}: its problem is muted (eva).`,
    ],
    [
      'snoozed',
      { hush: { why: 'snoozed', by: 'eva', untilMs: NOW + HOUR_MS } },
      undefined,
      `Not told, ${until}: it is snoozed.`,
    ],
    [
      'of a parent',
      { hush: { why: 'parent', by: 'a_9', untilMs: null } },
      'Disk fails',
      'Not told, until that is over: another alert says more of the same (Disk fails).',
    ],
    ['new', { heard: 'nothing' }, undefined, 'Not told.'],
    [
      'over at once',
      { heard: 'nothing', state: 'resolved' },
      undefined,
      'Not told: it was over before anybody had to know.',
    ],
    [
      'over while it was quiet',
      { heard: 'nothing', state: 'resolved', hush: { why: 'muted', by: 'eva', untilMs: NOW } },
      undefined,
      'Not told: it was over before anybody had to know.',
    ],
    ['open', { heard: 'fired' }, undefined, 'Told that it fired, in the console and wherever a route fits.'],
    [
      'seen',
      { heard: 'fired', state: 'acked', ackedBy: 'eva' },
      undefined,
      'Told that it fired. eva has seen it: it is not told again.',
    ],
    [
      'just over',
      { heard: 'fired', state: 'resolved' },
      undefined,
      'Told that it fired. That it is over is told when it has stayed so.',
    ],
    ['over', { heard: 'resolved', state: 'resolved' }, undefined, 'Told that it fired, and that it is over.'],
  ])('who was told of it, and why not: %s', (_name, alert, quietBy, told) => {
    expect(explained(alert, quietBy).told).toBe(told);
  });
});

describe('what became known beside it is said', () => {
  const book = ruleBookAt({ divisor: 1 });
  const whyOf = (id: string, known: Pick<AlertFacts, 'absence' | 'forecast'>, alert: Partial<Alert> = {}) =>
    explain(
      { alert: anAlert({ evidence: [], ...alert }), mute: undefined, quietBy: undefined, ...known },
      book.byId.get(id),
    ).why.map((text) => text.replaceAll('\u00A0', ' '));
  const absence = { fromMs: NOW, toMs: NOW + HOUR_MS, kind: 'asleep', evidence: 'It said so.' } as const;
  const forecast = { perDay: 2 ** 30, leftMs: HOUR_MS };

  it('where it is of a silence or of a disk, and nowhere else', () => {
    expect(whyOf('device.offline', { absence, forecast })).toEqual(['Back after 1 h: it was asleep. It said so.']);
    expect(whyOf('disk.space', { absence, forecast })).toEqual(['Full in 1 h, if it goes on by 1 GiB a day.']);
    expect(whyOf('cpu.sustained', { absence, forecast })).toEqual([]);
    expect(whyOf('disk.space', {}, { reason: 'no data' })).toEqual([expect.stringContaining('Nothing could be read')]);
  });
});
