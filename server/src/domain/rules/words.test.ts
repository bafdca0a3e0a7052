import type { Rule } from '@fettle/shared/rule/rule';
import { describe, expect, it } from 'vitest';

import { ruleBookAt } from '../rule-book.ts';
import { valueText } from './words.ts';

const book = ruleBookAt({ divisor: 1 });
const disk = book.byId.get('disk.space');
const site = { tenant: 'acme', level: 'site', place: 'office', rule: 'disk.space' } as const;

const saidOf = (rule: Rule | undefined, path: string, value: unknown) =>
  valueText({ path, said: [{ value, by: undefined }] }, rule).replaceAll(/\s/gu, ' ');
const said = (path: string, value: unknown) => saidOf(disk, path, value);

describe('a value of a rule', () => {
  it.each<[string, unknown, string]>([
    ['levels[0].any[0].fireAt', 0.85, '85 % from the pack'],
    ['levels[0].forMs', 600_000, '10 min from the pack'],
    ['levels[0].forMsOn.server', 60_000, '1 min from the pack'],
    ['keepMs', 900_000, '15 min from the pack'],
    ['levels[7].any[0].fireAt', 3, '3 from the pack'],
    ['urgency[0]', 'high', 'high from the pack'],
    ['ticket.atOnce', ['server'], '["server"] from the pack'],
    ['disabled', true, 'true from the pack'],
  ])('%s: %j is "%s"', (path, value, text) => {
    expect(said(path, value)).toBe(text);
  });

  it('of bytes is in their unit, and of a rule that has no such levels a number', () => {
    const memory = { kind: 'threshold', levels: [{ any: [{ metric: 'system.memory.usage' }] }] };
    expect(saidOf(memory as unknown as Rule, 'levels[0].any[0].fireAt', 2 ** 30)).toMatch(/^1(?:\.0)? GiB from/);
    expect(saidOf(book.byId.get('backup.failed'), 'levels[0].any[0].fireAt', 0.5)).toBe('0.5 from the pack');
    expect(saidOf(undefined, 'levels[0].any[0].fireAt', 0.5)).toBe('0.5 from the pack');
  });

  it('names everybody who says something, the one in force last', () => {
    const value = {
      path: 'levels[0].any[0].fireAt',
      said: [
        { value: 0.85, by: undefined },
        { value: 0.9, by: { ...site, version: 1, document: {}, author: 'kim', atMs: 0 } },
      ],
    };
    expect(valueText(value, disk).replaceAll(/\s/gu, ' ')).toBe('85 % from the pack, 90 % by site office');
  });
});
