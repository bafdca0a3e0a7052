// What a text of rules says, and everything that is wrong with it, each with its line and column.
import { pack } from '@fettle/shared/rule/pack';
import { describe, expect, it } from 'vitest';

import { ruleBookAt } from '../domain/rule-book.ts';
import type { Override, RuleDocument } from '../domain/rules/override.ts';
import { RuleShelf } from '../domain/rules/shelf.ts';
import { NOW } from '../fixture.ts';
import { planOf, problemLines } from './plan.ts';
import { readRuleText } from './read.ts';

const BOOK = ruleBookAt({ divisor: 1 });
const at = { tenant: 'acme', site: '', tags: [], device: '' };

const kept = (document: RuleDocument, change: Partial<Override> = {}): Override => ({
  tenant: 'acme',
  level: 'site',
  place: 'office',
  rule: 'disk.space',
  version: 3,
  document,
  author: 'kim',
  atMs: NOW,
  ...change,
});

const plan = (text: string, overrides: readonly Override[] = [], isWhole = false) =>
  planOf(readRuleText(text), {
    tenant: 'acme',
    shelf: new RuleShelf(BOOK, pack, overrides),
    standingOf: ({ level, place }) => {
      if (level === 'site') return place === 'office' ? { ...at, site: place } : undefined;
      return level === 'device' ? undefined : { ...at, tags: level === 'tag' ? [place] : [] };
    },
    isWhole,
  });

const problems = (text: string, overrides: readonly Override[] = []) =>
  problemLines(plan(`format: 1\n${text}`, overrides).problems);

const OWN = `tenant:
  load.high:
    kind: threshold
    title: Load is high
    signal: { metric: fettle.system.load.5m }
    levels:
      - { severity: warning, forMs: 5m, any: [{ metric: fettle.system.load.5m, beyond: above, fireAt: 20, clearAt: 10 }] }
`;

describe('a text', () => {
  it('says what is other, in percent and in units of time', () => {
    const { changes, problems: wrong } = plan(`format: 1
tenant:
  disk.space:
    levels:
      - { forMs: 20m, any: [{ fireAt: 90 %, clearAt: 0.82 }] }
    keepMs: 1.5h
sites:
  office: { cpu.sustained: { disabled: true } }
`);
    expect(wrong).toEqual([]);
    expect(changes).toEqual([
      {
        tenant: 'acme',
        level: 'tenant',
        place: 'acme',
        rule: 'disk.space',
        version: 0,
        document: { levels: [{ forMs: 1_200_000, any: [{ fireAt: 0.9, clearAt: 0.82 }] }], keepMs: 5_400_000 },
      },
      {
        tenant: 'acme',
        level: 'site',
        place: 'office',
        rule: 'cpu.sustained',
        version: 0,
        document: { disabled: true },
      },
    ]);
  });

  it('that says what is so changes nothing, takes back what is null, and with "whole" what it does not name', () => {
    const text = 'format: 1\nsites: { office: { disk.space: { keepMs: 5m } } }\n';
    const other = kept({ disabled: true }, { rule: 'cpu.sustained', version: 7 });
    expect(plan(text, [kept({ keepMs: 300_000 }), other]).changes).toEqual([]);
    expect(plan(text, [kept({ keepMs: 300_000 }), other], true).changes).toMatchObject([
      { rule: 'cpu.sustained', version: 7, document: null },
    ]);
    const back = 'format: 1\nsites: { office: { disk.space: null, log.crash: null }, gone: { disk.space: null } }\n';
    expect(plan(back, [kept({ keepMs: 1 }), kept({ keepMs: 1 }, { place: 'gone' })])).toMatchObject({
      problems: [],
      changes: [
        { place: 'office', rule: 'disk.space', version: 3, document: null },
        { place: 'gone', rule: 'disk.space', version: 3, document: null },
      ],
    });
  });

  it('may make a rule and change it elsewhere at once', () => {
    const found = plan(`format: 1\n${OWN}sites:\n  office:\n    load.high: { levels: [{ any: [{ fireAt: 30 }] }] }\n`);
    expect(found.problems).toEqual([]);
    expect(found.after.effective('load.high', { ...at, site: 'office' }).rule?.levels[0]).toMatchObject({
      any: [{ fireAt: 30, clearAt: 10 }],
    });
  });
});

describe('what is wrong with a text', () => {
  it('is told all at once, each with its line, its column and its field', () => {
    const text = `tenant:
  disk.space:
    levels:
      - any: [{ fireAt: 0.7 }]
    keepms: 10m
  disk.spce: { keepMs: 1m }
sites:
  moon: { disk.space: { disabled: true } }
  office:
    load.high:
      kind: threshold
      title: Load
      signal: { metric: no.such.metric }
      levels:
        - severity: warning
          forMs: 5m
          any:
            - { metric: no.such.metric, beyond: above, fireAt: 20, clearAt: 30 }
`;
    expect(problems(text)).toEqual([
      'line 6, column 5, disk.space at tenant acme: keepms: there is no such field',
      'line 7, column 3, disk.spce at tenant acme: id: there is no rule "disk.spce" to change; a new rule has a kind, a title, a signal and levels',
      'line 9, column 11, there is no site "moon" with rules',
      'line 14, column 17, load.high at site office: signal.metric: there is no metric "no.such.metric"',
      'line 19, column 17, load.high at site office: levels[0].any[0].metric: there is no metric "no.such.metric"',
      'line 19, column 68, load.high at site office: levels[0].any[0].clearAt: clears at 30, which is above where it fires (20): it would never end',
    ]);
  });

  it.each([
    [
      'clear above fire',
      'tenant: { disk.space: { levels: [{ any: [{ clearAt: 90 % }] }] } }',
      /^line 2, column 44, .*: levels\[0\]\.any\[0\]\.clearAt: clears at 0\.9, which is above/,
    ],
    [
      'a sibling that no instance has',
      `tenant: { disk.space: { levels: [{ any: [{ guards: [{ metric: system.cpu.utilization, below: 1 }] }] }] } }`,
      /levels\[0\]\.any\[0\]\.guards\[0\]\.metric: system.cpu.utilization is not measured by/,
    ],
    [
      'percent of what is no share',
      `${OWN}sites: { office: { load.high: { levels: [{ any: [{ fireAt: 30 % }] }] } } }`,
      /^line 9, column \d+, load.high at site office: levels\[0\]\.any\[0\]\.fireAt: fettle.system.load.5m is no share: say it without %$/,
    ],
    ['a time in no unit', 'tenant: { disk.space: { keepMs: 10 min } }', /keepMs: Invalid input/],
    [
      'a key twice',
      'tenant:\n  disk.space: { keepMs: 1m }\n  disk.space: { keepMs: 2m }',
      /^line 4, column 3, "disk.space" stands here twice$/,
    ],
    [
      'an unknown key on top',
      'tenants: {}',
      /^line 2, column 1, tenants: there is no "tenants" here: format, tenant, sites, tags, devices$/,
    ],
    [
      'an alias',
      'tenant: { disk.space: &a { keepMs: 1m }, cpu.sustained: *a }',
      /column \d+, the anchor &a is not taken/,
    ],
    ['a tag', 'tenant: { disk.space: { title: !!binary aGk= } }', /the tag .*binary is not taken/],
    ['a list of rules', 'tenant: [disk.space]', /^line 2, column 1, tenant: here are names/],
    [
      'a rule that is a word',
      'tenant: { disk.space: off }',
      /^line 2, column 11, tenant\.disk\.space: what is other of the rule/,
    ],
    ['a number that is none', 'tenant: { disk.space: { keepMs: .inf } }', /this is no number that can be kept/],
    ['no YAML', 'tenant: "a', /^line 2, column 11, Missing closing "quote/],
    ['two texts in one', 'tenant: {}\n---\nformat: 1', /^line 3, column 1, Source contains multiple documents/],
    ['a merge', 'tenant: { disk.space: { "<<": { keepMs: 1m } } }', /<<: there is no such field/],
  ])('%s', (_, text, said) => {
    const found = problems(text);
    expect(found.filter((line) => said.test(line))).toHaveLength(1);
  });

  it.each([
    ['another format', 'format: 2\n', 'line 1, column 1, format: the text has "format: 1"'],
    ['nothing', '', 'line 1, column 1, the text begins with "format: 1"'],
    ['brackets without end', '['.repeat(100_000), 'line 1, column 1, the values stand too deep in each other'],
    [
      'lists in lists',
      `format: 1\ntenant:\n  ${'- '.repeat(100_000)}`,
      'line 1, column 1, the values stand too deep in each other',
    ],
  ])('%s is told and takes no time', (_, text, said) => {
    expect(problemLines(plan(text).problems)[0]).toBe(said);
  });

  it('of a change that others stand on is told although it is not in the text', () => {
    const device = kept({ levels: [{ any: [{ clearAt: 0.84 }] }] });
    const text = 'tenant: { disk.space: { levels: [{ any: [{ fireAt: 0.82, clearAt: 0.8 }] }] } }';
    expect(problems(text, [device])[0]).toMatch(
      /^disk\.space at site office: levels\[0\]\.any\[0\]\.clearAt: clears at/,
    );
  });

  it('is listed up to a hundred lines', () => {
    const text = `tenant: { ${Array.from({ length: 150 }, (_, index) => `no.such.${index}: { keepMs: 1m }`).join(', ')} }`;
    expect(problems(text)).toHaveLength(101);
    expect(problems(text).at(-1)).toBe('and 50 more');
  });
});
