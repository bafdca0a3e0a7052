import type { Severity } from '@fettle/shared/alert/alert';
import type { Digest } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, aTransition, anAlert, countingIds } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import { type Alert, stepAlert } from './alert.ts';
import { repairs } from './digest.ts';

const aDigest = (change: Partial<Digest>): Digest => ({
  kind: 'digest',
  at: NOW,
  open: [],
  judged: [],
  undecided: [],
  ...change,
});

const theirs = (rule: string, instance: string, severity: Severity = 'warning') => ({
  rule,
  instance,
  severity,
  ruleHash: 'h',
  since: NOW - 60_000,
  evidence: [],
});

const everyRule = () => true;

describe('repairs', () => {
  const ours = [anAlert({ rule: 'disk.space', instance: '/' })];

  it.each([
    ['what both have open is left alone', aDigest({ open: [theirs('disk.space', '/')], judged: ['disk.space'] }), []],
    [
      'what only the agent has open fires',
      aDigest({ open: [theirs('disk.space', '/'), theirs('disk.space', '/home')] }),
      ['fire /home'],
    ],
    ['what has risen is raised', aDigest({ open: [theirs('disk.space', '/', 'critical')] }), ['raise /']],
    ['what the agent has closed is resolved', aDigest({ judged: ['disk.space'] }), ['resolve /']],
    ['what it has not judged yet is left alone', aDigest({ judged: ['cpu.sustained'] }), []],
    [
      'what it has not decided yet is left alone',
      aDigest({ judged: ['disk.space'], undecided: [{ rule: 'disk.space', instance: '/' }] }),
      [],
    ],
    [
      'what it has not decided of another instance is no excuse',
      aDigest({ judged: ['disk.space'], undecided: [{ rule: 'disk.space', instance: '/home' }] }),
      ['resolve /'],
    ],
  ])('%s', (_name, digest, expected) => {
    expect(repairs(ours, digest, everyRule).map(({ change, instance }) => `${change} ${instance}`)).toEqual(expected);
  });

  it('what a rule said that is not in force any more is resolved: no agent will ever judge it', () => {
    const [only, ...more] = repairs(ours, aDigest({}), (rule) => rule !== 'disk.space');
    expect(only).toMatchObject({ change: 'resolve', rule: 'disk.space', instance: '/' });
    expect(more).toEqual([]);
    expect(repairs(ours, aDigest({ open: [theirs('disk.space', '/')] }), () => false)).toEqual([]);
  });

  it('what flaps and is held open here fires when the agent has it open, and is left alone while it has not', () => {
    const held = [anAlert({ flapping: { sinceMs: NOW, isClear: true } })];
    expect(repairs(held, aDigest({ judged: ['disk.space'] }), everyRule)).toEqual([]);
    const [fire] = repairs(held, aDigest({ open: [theirs('disk.space', '/')] }), everyRule);
    expect(fire).toMatchObject({ change: 'fire', instance: '/' });
    const again = [anAlert({ flapping: { sinceMs: NOW, isClear: false } })];
    expect(repairs(again, aDigest({ judged: ['disk.space'] }), everyRule)).toMatchObject([{ change: 'resolve' }]);
  });

  it('what has fallen is lowered', () => {
    const critical = [anAlert({ severity: 'critical' })];
    expect(repairs(critical, aDigest({ open: [theirs('disk.space', '/')] }), everyRule)).toEqual([
      { ...theirs('disk.space', '/'), change: 'lower', at: NOW, reason: 'repaired by digest' },
    ]);
  });

  it('a resolve says what of and since when', () => {
    expect(repairs(ours, aDigest({ judged: ['disk.space'] }), everyRule)).toEqual([
      aTransition({ change: 'resolve', reason: 'repaired by digest', evidence: [] }),
    ]);
  });
});

const RULES = ['disk.space', 'cpu.sustained', 'service.stopped'];
const INSTANCES = ['', '/', '/home'];
const severity = fc.constantFrom<Severity>('warning', 'critical');
const place = fc.record({ rule: fc.constantFrom(...RULES), instance: fc.constantFrom(...INSTANCES) });
const keyOf = ({ rule, instance }: { rule: string; instance: string }) => `${rule}|${instance}`;

/** What happens on the device, in order. */
const change = fc.record({ place, to: fc.option(severity, { nil: undefined }) });
/** What becomes of a message on its way: lost, told once or twice, and how late it is. */
const fate = fc.record({ copies: fc.nat(2), late: fc.nat(20) });

describe('any loss, duplication or reordering, then a digest', () => {
  const told = (from: Severity | undefined, to: Severity | undefined) => {
    if (to === undefined) return 'resolve';
    if (from === undefined) return 'fire';
    return to === 'critical' ? 'raise' : 'lower';
  };

  it('leaves what the agent has open, and nothing resolved that it has not decided', () => {
    const scenario = fc.record({
      changes: fc.array(fc.tuple(change, fate), { maxLength: 40 }),
      judged: fc.subarray(RULES),
      undecided: fc.uniqueArray(place, { selector: keyOf, maxLength: 4 }),
    });
    fc.assert(
      fc.property(scenario, ({ changes, judged, undecided }) => {
        const theirOpen = new Map<string, ReturnType<typeof theirs>>();
        const messages = changes.flatMap(
          (
            [
              {
                place: { rule, instance },
                to,
              },
              { copies, late },
            ],
            index,
          ) => {
            const key = keyOf({ rule, instance });
            const from = theirOpen.get(key)?.severity;
            if (from === to) return [];
            if (to === undefined) theirOpen.delete(key);
            else theirOpen.set(key, theirs(rule, instance, to));
            const transition = aTransition({
              change: told(from, to),
              rule,
              instance,
              severity: to ?? from ?? 'warning',
            });
            return Array.from({ length: copies }, () => ({ at: index + late, transition }));
          },
        );
        const ourAlerts = new Map<string, Alert>();
        const tell = (transition: ReturnType<typeof aTransition>): void => {
          const context = { device: aDevice(), nowMs: NOW, times: timesAt({ divisor: 1 }), newId: countingIds() };
          const step = stepAlert(ourAlerts.get(keyOf(transition)), transition, context);
          if (step) ourAlerts.set(keyOf(transition), step.alert);
        };
        for (const { transition } of messages.toSorted((a, b) => a.at - b.at)) tell(transition);

        const isOpen = (alert: Alert | undefined) => alert !== undefined && alert.state !== 'resolved';
        const before = new Map(ourAlerts);
        const ours = [...ourAlerts.values()].filter(isOpen);
        const digest = aDigest({ open: [...theirOpen.values()], judged, undecided });
        for (const transition of repairs(ours, digest, everyRule)) tell(transition);

        for (const rule of RULES) {
          for (const instance of INSTANCES) {
            const key = keyOf({ rule, instance });
            const [wanted, got] = [theirOpen.get(key), ourAlerts.get(key)];
            if (wanted) expect(got).toMatchObject({ severity: wanted.severity });
            const isSure = judged.includes(rule) && !undecided.some((one) => keyOf(one) === key);
            if (wanted || isSure) expect(isOpen(got)).toBe(wanted !== undefined);
            else expect(got).toEqual(before.get(key));
          }
        }
        const open = [...ourAlerts.values()].filter(isOpen);
        expect(repairs(open, digest, everyRule)).toEqual([]); // a second digest finds nothing
      }),
      { numRuns: 500 },
    );
  });
});

describe('a digest of a range', () => {
  const at = (instance: string, rule = 'disk.space') => ({ rule, instance });
  const ours = ['/a', '/b', '/c'].map((instance) => anAlert({ rule: 'disk.space', instance }));
  const told = (digest: Digest, isInForce: (rule: string) => boolean = everyRule) =>
    repairs(ours, digest, isInForce).map(({ change, instance }) => `${change} ${instance}`);

  it.each([
    ['up to one', { to: at('/b') }, ['resolve /a', 'resolve /b']],
    ['from behind one', { after: at('/b') }, ['resolve /c']],
    ['between two', { after: at('/a'), to: at('/b') }, ['resolve /b']],
    ['of other rules', { after: at('', 'e') }, []],
    ['without bounds', {}, ['resolve /a', 'resolve /b', 'resolve /c']],
  ])('ends nothing beyond it: %s', (_name, range, expected) => {
    expect(told(aDigest({ range, judged: ['disk.space'] }))).toEqual(expected);
    expect(told(aDigest({ range }), () => false)).toEqual(expected); // of a rule that is not in force any more, too
  });

  it('2,000 open alerts in parts are mended as by one digest', () => {
    const name = (index: number) => `/${String(index).padStart(4, '0')}`;
    const known = Array.from({ length: 2_000 }, (_, index) => anAlert({ rule: 'disk.space', instance: name(index) }));
    const open = Array.from({ length: 2_000 }, (_, index) => theirs('disk.space', name(index + 500)));
    const judged = ['disk.space'];
    const parts = Array.from({ length: 10 }, (_, part) => {
      const [after, to] = [name(part * 250 - 1), name(part * 250 + 249)];
      return aDigest({
        range: { ...(part > 0 && { after: at(after) }), ...(part < 9 && { to: at(to) }) },
        open: open.filter(({ instance }) => (part === 0 || instance > after) && (part === 9 || instance <= to)),
        judged,
      });
    });
    const sorted = (digests: readonly Digest[]) =>
      digests
        .flatMap((digest) => repairs(known, digest, everyRule).map((one) => `${one.change} ${one.instance}`))
        .toSorted();
    const expected = sorted([aDigest({ open, judged })]);
    expect(expected).toHaveLength(1_000);
    expect(sorted(parts)).toEqual(expected);
  });
});
