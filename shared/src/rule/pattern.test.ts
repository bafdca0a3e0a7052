import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isLike } from './pattern.ts';
import { instanceOf } from './rule.ts';

describe('a name with stars', () => {
  it.each([
    ['/srv/*', '/srv/data', true],
    ['/srv/*', '/srv', false],
    ['/srv/*', '/opt/srv/x', false],
    ['*', '', true],
    ['*.service', 'cups.service', true],
    ['*.service', 'cups.socket', false],
    ['C:*e', 'C:\\Home', true],
    ['a**b', 'axxb', true],
    ['a*b*c', 'abbbcc', true],
    ['a*b*c', 'abbbcd', false],
    ['/data', '/data', true],
    ['/data', '/data2', false],
    ['.*', 'x', false], // a star is no regular expression
  ])('%s of %s: %s', (pattern, name, expected) => {
    expect(isLike(pattern, name)).toBe(expected);
  });

  it('matches whatever stands in place of its stars, as an expression would', () => {
    const letters = string({ unit: constantFrom('a', 'b', '*'), maxLength: 8 });
    const names = string({ unit: constantFrom('a', 'b'), maxLength: 10 });
    assert(
      property(letters, names, (pattern, name) => {
        expect(isLike(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the instances of a rule', () => {
  const of = (only: readonly string[] | undefined, except: readonly string[] | undefined, volume: string) =>
    instanceOf({ metric: 'm', by: 'v', ...(only && { only }), ...(except && { except }) }, { v: volume });

  it.each([
    [undefined, undefined, '/x', '/x'],
    [['/x'], undefined, '/x', '/x'],
    [['/x'], undefined, '/y', undefined],
    [['/srv/*'], undefined, '/srv/a', '/srv/a'],
    [undefined, ['/mnt/*'], '/mnt/usb', undefined],
    [undefined, ['/mnt/*'], '/', '/'],
    [['/srv/*'], ['/srv/scratch'], '/srv/scratch', undefined],
  ])('only %j, except %j: %s', (only, except, volume, expected) => {
    expect(of(only, except, volume)).toBe(expected);
  });
});
