import { pack } from '@fettle/shared/rule/pack';
import type { ThresholdRule } from '@fettle/shared/rule/rule';
import { MINUTE_MS } from '@fettle/shared/time';
import { assert, constantFrom, dictionary, integer, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import { differences, leavesOf, merged } from './merge.ts';
import { type Level, type Override, type RuleDocument, changed } from './override.ts';
import { RuleShelf } from './shelf.ts';
import { problemText, problemsOf } from './validate.ts';
import { valueText } from './words.ts';

const BOOK = ruleBookAt({ divisor: 1 });
const AT = { tenant: 'acme', site: 'office', tags: ['vip', 'lab'], device: 'd_1' };

const override = (level: Level, document: RuleDocument, change: Partial<Override> = {}): Override => {
  const place = { tenant: 'acme', site: 'office', tag: 'vip', device: 'd_1' }[level];
  return {
    tenant: 'acme',
    level,
    place,
    rule: 'disk.space',
    version: 1,
    document,
    author: 'kim',
    atMs: NOW,
    ...change,
  };
};

const fireAt = (value: number, clearAt?: number) => ({
  levels: [{ any: [{ fireAt: value, ...(clearAt !== undefined && { clearAt }) }] }],
});

const shelfOf = (...overrides: readonly Override[]) => new RuleShelf(BOOK, pack, overrides);
const diskSpace = (shelf: RuleShelf, at = AT) => shelf.bookFor(at).byId.get('disk.space') as ThresholdRule;
const firstFire = (shelf: RuleShelf, at = AT) => diskSpace(shelf, at).levels[0]?.any[0]?.fireAt;

const own = {
  kind: 'threshold',
  title: 'Load is high',
  signal: { metric: 'fettle.system.load.5m' },
  levels: [
    {
      severity: 'warning',
      forMs: 5 * MINUTE_MS,
      any: [{ metric: 'fettle.system.load.5m', beyond: 'above', fireAt: 20, clearAt: 10 }],
    },
  ],
};

describe('the rule of a device', () => {
  it.each<[string, readonly Override[], number]>([
    ['the pack without a change', [], 0.85],
    ['the tenant over the pack', [override('tenant', fireAt(0.9))], 0.9],
    ['the site over the tenant', [override('site', fireAt(0.88)), override('tenant', fireAt(0.9))], 0.88],
    ['a tag over the site', [override('tag', fireAt(0.93)), override('site', fireAt(0.88))], 0.93],
    ['the device over all', [override('device', fireAt(0.94)), override('tag', fireAt(0.93))], 0.94],
    [
      'of two tags the later by name',
      [override('tag', fireAt(0.91), { place: 'lab' }), override('tag', fireAt(0.93))],
      0.93,
    ],
    ['not what is for another site', [override('site', fireAt(0.9), { place: 'other' })], 0.85],
    ['not what is for another tenant', [override('tenant', fireAt(0.9), { tenant: 'b', place: 'b' })], 0.85],
  ])('is %s', (_, overrides, expected) => {
    const shelf = shelfOf(...overrides);
    expect(firstFire(shelf)).toBe(expected);
    expect(diskSpace(shelf).levels[1]).toEqual((BOOK.byId.get('disk.space') as ThresholdRule).levels[1]);
  });

  it('says of each value who gave it', () => {
    const shelf = shelfOf(override('tenant', fireAt(0.87)), override('site', fireAt(0.9)));
    const found = shelf.effective('disk.space', AT);
    const value = found.values.find(({ path }) => path === 'levels[0].any[0].fireAt');
    expect(value && valueText(value, found.rule).replaceAll('\u00A0', ' ')).toBe(
      '85 % from the pack, 87 % by tenant acme, 90 % by site office',
    );
    expect(found.values.find(({ path }) => path === 'title')?.said).toHaveLength(1);
  });

  it('can be switched off for a site and on again for a device, and keeps its family', () => {
    const off = shelfOf(override('site', { disabled: true }));
    expect(off.bookFor(AT).rules.some(({ id }) => id === 'disk.space')).toBe(false);
    expect(diskSpace(off).family).toBe('disk-space');
    const on = shelfOf(override('site', { disabled: true }), override('device', { disabled: false }));
    expect(on.bookFor(AT).rules.some(({ id }) => id === 'disk.space')).toBe(true);
  });

  it('is a new one where a document is a whole rule', () => {
    const shelf = shelfOf(override('tenant', own, { rule: 'load.high' }));
    expect(shelf.bookFor(AT).byId.get('load.high')).toMatchObject({ family: 'load.high', urgency: ['medium'] });
    expect(shelf.bookFor({ ...AT, tenant: 'b' }).byId.has('load.high')).toBe(false);
  });

  it('passes over a change that makes no rule of it, and says so', () => {
    const shelf = shelfOf(override('tenant', fireAt(0.9)), override('site', fireAt(0.7)));
    expect(firstFire(shelf)).toBe(0.9);
    expect(shelf.effective('disk.space', AT).problems[0]?.issues[0]?.message).toMatch(/clears at 0.8, which is above/);
  });

  it('at a hurried pace has hurried times of its changes too', () => {
    const hurried = new RuleShelf(ruleBookAt({ divisor: 60 }), pack, [override('tenant', { keepMs: 60 * MINUTE_MS })]);
    expect(hurried.bookFor(AT).byId.get('disk.space')?.keepMs).toBe(MINUTE_MS);
    expect(hurried.effective('disk.space', AT).rule?.keepMs).toBe(60 * MINUTE_MS);
  });
});

describe('the books of a fleet', () => {
  it('are one for all that the same changes reach, and for nobody else', () => {
    const shelf = shelfOf(override('site', fireAt(0.9)), override('device', fireAt(0.94)));
    const books = Array.from({ length: 10_000 }, (_, index) => shelf.bookFor({ ...AT, device: `d_${index + 2}` }));
    expect(new Set(books).size).toBe(1);
    expect(books[0]).not.toBe(shelf.bookFor(AT));
    expect(shelf.bookFor({ ...AT, site: 'far', device: 'x' })).toBe(BOOK);
  });

  it('have another version exactly where a rule is another', () => {
    const shelf = shelfOf(override('site', fireAt(0.9)));
    expect(shelf.bookFor(AT).version).not.toBe(BOOK.version);
    expect(shelf.bookFor({ ...AT, site: 'far' }).version).toBe(BOOK.version);
    expect(shelfOf(override('site', fireAt(0.85))).bookFor(AT).version).toBe(BOOK.version);
  });
});

describe('a change', () => {
  const standing = () => AT;
  const problems = (before: readonly Override[], level: Level, document: RuleDocument | null, rule = 'disk.space') => {
    const { version: _, author, atMs, ...spot } = override(level, {}, { rule });
    const changes = [{ ...spot, version: 0, document }];
    const after = changed(before, changes, { author, atMs });
    return problemsOf(new RuleShelf(BOOK, pack, after), changes, standing).map(problemText);
  };

  it.each<[string, RuleDocument, RegExp]>([
    ['clear above fire', fireAt(0.9, 0.95), /^disk.space at site office: levels\[0\].any\[0\].clearAt: clears at 0.95/],
    ['an unknown field', { levls: [] }, /levls: there is no such field/],
    ['an unknown field of a level', { levels: [{ four: 1 }] }, /levels\[0\].four: there is no such field/],
    ['another kind', { kind: 'state' }, /kind: disk.space is a rule of kind threshold/],
    ['a wrong type', { keepMs: '10 min' }, /keepMs: Invalid input/],
    ['a wrong switch', { disabled: 'yes' }, /disabled: true or false/],
    ['a third level that is none', { levels: [{}, {}, {}] }, /levels\[2\]/],
  ])('with %s is refused, and says where', (_, document, message) => {
    expect(problems([], 'site', document)[0]).toMatch(message);
  });

  it('of a rule that is not there is refused', () => {
    expect(problems([], 'site', { keepMs: 0 }, 'no.such')[0]).toMatch(/there is no rule "no.such" to change/);
    expect(problems([], 'site', { ...own, kind: 'absence' }, 'my.silence')[0]).toMatch(/device.offline alone/);
    expect(problems([], 'site', { ...own, kind: 'forecast' }, 'my.future')[0]).toMatch(/disk.trend alone/);
    expect(problems([], 'site', own, 'My rule')[0]).toMatch(/small letters, digits/);
    expect(problems([], 'site', { ...own, id: 'other' }, 'load.high')[0]).toMatch(/the rule is load.high/);
  });

  it('is refused where what stands on it would be no rule any more', () => {
    const device = override('device', { levels: [{ any: [{ clearAt: 0.84 }] }] });
    expect(problems([device], 'tenant', fireAt(0.82, 0.8))[0]).toMatch(/^disk.space at device d_1: .*clears at 0.84/);
    const ofOwn = override('device', { keepMs: 1 }, { rule: 'load.high' });
    const made = override('tenant', own, { rule: 'load.high' });
    expect(problems([made, ofOwn], 'tenant', null, 'load.high')[0]).toMatch(/^load.high at device d_1: id/);
  });
});

describe('documents', () => {
  const document = dictionary(string({ maxLength: 3 }), oneof(integer(), constantFrom('a', true), jsonValue()));

  it('over themselves change nothing, and have no differences', () => {
    assert(
      property(document, (one) => {
        const whole = merged({}, one);
        expect(differences(merged(whole, whole), whole)).toEqual([]);
      }),
    );
  });

  it('over another say what they say', () => {
    const base = structuredClone(pack[0] ?? {});
    const over = { levels: [{ forMs: 5 }], ticket: { afterMs: 9, when: null }, keepMs: null, scope: { os: ['linux'] } };
    const after = merged(base, over);
    expect(after).toMatchObject({ keepMs: null, ticket: { afterMs: 9 }, scope: { os: ['linux'] } });
    expect(after).not.toHaveProperty('ticket.when');
    expect(leavesOf(after).find(({ path }) => path === 'levels[0].forMs')?.value).toBe(5);
    expect(merged(base, { levels: [{}, null] })).toMatchObject({ levels: [expect.anything()] });
  });
});

describe('what is on the shelf', () => {
  const made = override('tenant', own, { rule: 'load.high' });
  const theirs = override('tenant', own, { rule: 'load.high', tenant: 'b', place: 'b' });
  const closer = override('site', { ...own, title: 'Here' }, { rule: 'load.high' });

  it('are the rules of the pack, and those of the tenants that somebody sees', () => {
    const shelf = shelfOf(made, theirs, override('site', fireAt(0.9)));
    expect(shelf.ids(() => false)).toEqual(pack.map(({ id }) => id));
    expect(shelf.ids((tenant) => tenant === 'b')).toEqual([...pack.map(({ id }) => id), 'load.high']);
    expect([shelf.isOfPack('disk.space'), shelf.isOfPack('load.high')]).toEqual([true, false]);
  });

  it('own rules are as they are where they are made, once for each tenant', () => {
    const found = (...overrides: readonly Override[]) =>
      shelfOf(...overrides)
        .own((tenant) => tenant === 'acme')
        .map(({ tenant, rule }) => `${tenant}: ${rule.title}`);
    expect(found(closer, made, theirs, override('site', fireAt(0.9)))).toEqual(['acme: Load is high']);
    expect(found(closer, override('device', { title: 'There' }, { rule: 'load.high' }))).toEqual(['acme: Here']);
    expect(found(override('tenant', { kind: 'threshold' }, { rule: 'load.high' }))).toEqual([]);
  });

  it('changes make another one, and leave this as it is', () => {
    const shelf = shelfOf(made);
    const { author, atMs, ...spot } = made;
    const after = shelf.with([{ ...spot, document: null }], { author, atMs });
    expect([shelf.overrides, after.overrides]).toEqual([[made], []]);
    expect(after.bookFor(AT)).toBe(BOOK);
  });
});
