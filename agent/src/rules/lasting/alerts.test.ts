// Alerts on events and changes: under clocks that are set and rules that change, what they say, and when they end.
import { readFileSync, writeFileSync } from 'node:fs';

import type { Transition } from '@fettle/shared/alert/alert';
import { pack } from '@fettle/shared/rule/pack';
import type { Rule } from '@fettle/shared/rule/rule';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { recordBody } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import type { Observation } from '../observation.ts';
import { CRASH, Machine, PENDING, REPORTED, START_MS, base, log, reading, smart } from './fixture.ts';

const YEAR_MS = 365 * DAY_MS;

describe('an open alert under a changed rule', () => {
  it('stays until it was quiet for long enough, also when it would not fire any more', () => {
    const machine = new Machine();
    machine.see(log({ oom: 1 }));
    machine.pass(3 * DAY_MS);
    machine.see(log({}));
    expect(machine.setRules(pack.map((rule) => ({ ...rule, title: 'Another' })))).toEqual([]);
    machine.pass(4 * DAY_MS - 1);
    expect(machine.see(log({}))).toEqual([]);
    machine.pass(1);
    expect(machine.see(log({}))).toEqual(['resolve log.oom oom']);
  });

  it('of another kind is judged from now on, by the other clock', () => {
    const machine = new Machine();
    machine.see(log({ oom: 1 }));
    const level = { severity: 'warning', forMs: 0, bad: [1], readings: 1 } as const;
    const asState: Rule[] = pack.map((rule) =>
      rule.kind === 'event' && rule.id === 'log.oom'
        ? { ...rule, kind: 'state', levels: [level], keepMs: HOUR_MS }
        : rule,
    );
    expect(machine.setRules(asState)).toEqual([]);
    expect(machine.see(log({ oom: 0 }))).toEqual([]);
    machine.pass(HOUR_MS);
    expect(machine.see(log({ oom: 0 }))).toEqual(['resolve log.oom oom']);
    machine.setRules(pack);
    expect(machine.see(log({ oom: 1 }))).toEqual(['fire log.oom oom']);
  });
});

describe('a rule that becomes one of another kind', () => {
  it('does not take the times of one clock for those of the other', () => {
    const machine = new Machine();
    machine.see(log({ oops: 1 }));
    const level = { severity: 'warning', forMs: HOUR_MS, bad: [1], readings: 1 } as const;
    machine.setRules(
      pack.map((rule) =>
        rule.kind === 'event' && rule.id === 'log.crash' ? { ...rule, kind: 'state', levels: [level] } : rule,
      ),
    );
    expect(machine.see(log({ oops: 1 }))).toEqual([]);
    machine.pass(HOUR_MS);
    expect(machine.see(log({ oops: 1 }))).toEqual(['fire log.crash oops']);
  });
});

describe('a clock that is set', () => {
  it.each([
    ['a year ahead and back', [YEAR_MS, 0]],
    ['to 1970 and back', [-START_MS, 0]],
  ])('%s loses no alert and invents none', (_name, offsets) => {
    const machine = new Machine();
    machine.see(log({ oom: 1, oops: 1 }), smart({ A: 0 }));
    for (const offset of offsets) {
      machine.clockMs = offset;
      machine.pass(HOUR_MS);
      expect(machine.see(log({}), smart({ A: 0 }))).toEqual([]);
    }
    machine.pass(6 * DAY_MS);
    expect(machine.see(log({ oops: 1 }), smart({ A: 1 }))).toEqual(['fire log.crash oops', 'fire smart.pending A']);
    machine.pass(DAY_MS);
    expect(machine.see(log({}), smart({ A: 1 }))).toEqual(['resolve log.oom oom']);
  });

  it('a year ahead at a boot moves the end of an alert by a day at most', async () => {
    const machine = new Machine();
    machine.see(log({ oom: 1 }));
    await machine.save();
    machine.clockMs = YEAR_MS;
    await machine.boot(MINUTE_MS);
    expect(machine.see(log({}))).toEqual([]);
    await machine.save();
    machine.clockMs = 0;
    await machine.boot(MINUTE_MS);
    machine.pass(6 * DAY_MS - HOUR_MS);
    expect(machine.see(log({}))).toEqual([]);
    machine.pass(HOUR_MS);
    expect(machine.see(log({}))).toEqual(['resolve log.oom oom']);
  });
});

describe('what an alert says', () => {
  const evidenceOf = (transitions: readonly Transition[]) => transitions.map(({ evidence }) => evidence);

  it('of events the sum, of changes the rise, the metric that made it first', () => {
    const machine = new Machine();
    const both = (pending: number, reported: number): Observation => ({
      ...smart({ A: pending }),
      measured: [reading(PENDING, { 'hw.id': 'A' }, pending), reading(REPORTED, { 'hw.id': 'A' }, reported)],
    });
    machine.judge(both(4, 1), log({ oops: 1 }));
    machine.pass(DAY_MS);
    const told = machine.judge(both(4, 3), log({ oops: 2 }));
    expect(evidenceOf(told)).toEqual([
      [
        { metric: REPORTED, value: 3, rise: 2, threshold: 1, withinMs: 30 * DAY_MS },
        { metric: PENDING, value: 4, rise: 0, threshold: 1, withinMs: 30 * DAY_MS },
      ],
      [{ metric: CRASH, value: 3, threshold: 2, withinMs: 7 * DAY_MS }],
    ]);
    for (const transition of told)
      expect(recordBody.safeParse({ kind: 'transition', transition }).error).toBeUndefined();
  });

  it('of too much, how much is', () => {
    expect(evidenceOf(new Machine().judge(smart({ A: 12 })))).toEqual([
      [{ metric: PENDING, value: 12, threshold: 10 }],
    ]);
  });
});

describe('a disk that said that it fails', () => {
  const VERDICT = 'fettle.smart.verdict';
  const verdict = (...disks: readonly string[]): Observation => ({
    ...base,
    source: 'smart',
    provides: [VERDICT],
    measured: disks.map((disk) => reading(VERDICT, { 'hw.id': disk }, 1)),
  });
  const failing = (): Machine => {
    const machine = new Machine();
    machine.see(verdict('A'));
    expect(machine.see(verdict('A'))).toEqual(['fire smart.failed A']);
    return machine;
  };
  const hours = (machine: Machine, count: number): readonly string[] =>
    Array.from({ length: count }, () => machine.see(verdict())).flat();

  it('is not well because it is missing', () => {
    expect(hours(failing(), 30 * 24 - 1)).toEqual([]);
  });

  it('was replaced when it has been missing for 30 days, restarts of the agent counted in', async () => {
    const machine = failing();
    expect(hours(machine, 15 * 24)).toEqual([]);
    await machine.save();
    await machine.boot(HOUR_MS);
    expect(hours(machine, 15 * 24 - 1)).toEqual([]);
    expect(hours(machine, 1)).toEqual(['resolve smart.failed A']);
  });

  it('one that is back has not been missing', () => {
    const machine = failing();
    hours(machine, 29 * 24);
    machine.see(verdict('A'));
    expect(hours(machine, 29 * 24)).toEqual([]);
  });
});

describe('a file of another version', () => {
  it('of before there was a calendar, is read as it is', async () => {
    const machine = new Machine();
    machine.see(log({ oom: 1 }));
    await machine.save();
    const path = machine.statePath;
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { calendar?: unknown; entries: Record<string, unknown>[] };
    delete kept.calendar;
    for (const entry of kept.entries) for (const name of ['kind', 'metrics', 'source']) delete entry[name];
    writeFileSync(path, JSON.stringify(kept));
    await machine.restart();
    expect(machine.evaluator.digest(0).open).toMatchObject([{ rule: 'log.oom' }]);
  });
});
