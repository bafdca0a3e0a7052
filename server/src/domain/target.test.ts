import type { Presence } from '@fettle/shared/api/device.schema';
import { describe, expect, it } from 'vitest';

import { ruleBookAt } from './rule-book.ts';
import { attributesFor, isAboutTargets, passesOf, targetPresence, viewFor } from './target.ts';

const NAME = 'fettle.check.name';
const AT = '2026-11-23T12:00:00.000Z';
const AT_MS = 1_795_435_200_000;

const state = (name: string, value: number, at = AT) => ({ attributes: { [NAME]: name }, value, unit: '1', at });

describe('whose readings they are', () => {
  it.each<
    [
      what: string,
      subject: Parameters<typeof attributesFor>[0],
      attributes: Record<string, string>,
      theirs: object | undefined,
    ]
  >([
    ['a reading of the device itself', 'itself', { cpu: '0' }, { cpu: '0' }],
    ['a reading of its target is not its own', 'itself', { [NAME]: 'a/ping' }, undefined],
    ['a name that is none stays where it is', 'itself', { [NAME]: 'ping' }, { [NAME]: 'ping' }],
    [
      'a reading of the target, without its name',
      { target: 'a' },
      { [NAME]: 'a/snmp/Gi1/0', d: 'in' },
      { [NAME]: 'snmp/Gi1/0', d: 'in' },
    ],
    ['one of another target', { target: 'a' }, { [NAME]: 'ab/ping' }, undefined],
    ['one of the agent', { target: 'a' }, { cpu: '0' }, undefined],
  ])('%s', (_what, subject, attributes, theirs) => {
    expect(attributesFor(subject, attributes)).toEqual(theirs);
  });

  it('a metric without a reading of theirs is left out', () => {
    const view = { 'fettle.check.state': [state('a/ping', 1), state('b/ping', 0)], other: [state('b/ping', 1)] };
    expect(viewFor({ target: 'a' }, view)).toEqual({ 'fettle.check.state': [state('ping', 1)] });
    expect(viewFor('itself', view)).toEqual({});
  });
});

describe('is a target there?', () => {
  it('when any of its checks passes, by what was read lately', () => {
    const old = new Date(AT_MS - 1).toISOString();
    const view = {
      'fettle.check.state': [
        state('a/ping', 0),
        state('a/tcp 22', 1),
        state('a/tcp 80', 0),
        state('b/ping', 0),
        state('c/ping', 1, old),
        state('d', 1),
      ],
    };
    expect([...passesOf(view, AT_MS)]).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect([...passesOf({}, 0)]).toEqual([]);
  });

  it.each<[what: string, known: Presence, seen: { isOnline: boolean; passed?: boolean }, presence: Presence]>([
    ['it passes', 'unknown', { isOnline: true, passed: true }, 'online'],
    ['it fails', 'online', { isOnline: true, passed: false }, 'offline'],
    ['nothing was read of it', 'online', { isOnline: true }, 'unknown'],
    ['nobody looks: not offline', 'online', { isOnline: false, passed: false }, 'unknown'],
    ['it is not looked after any more', 'retiring', { isOnline: true, passed: true }, 'retiring'],
  ])('%s', (_what, known, { isOnline, passed }, presence) => {
    const passes = new Map(passed === undefined ? [] : [['a', passed]]);
    expect(targetPresence(known, 'a', { isConnected: isOnline, isOnline, passes })).toBe(presence);
  });
});

it.each([
  ['check.failed', true],
  ['disk.space', false],
  ['raid.degraded', false],
  ['device.offline', false],
  ['not.known', false],
])('what %s tells is about a target: %s', (rule, isAbout) => {
  expect(isAboutTargets(ruleBookAt({ divisor: 1 }).byId.get(rule))).toBe(isAbout);
});
