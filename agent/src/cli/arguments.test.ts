import { describe, expect, it } from 'vitest';

import { settings } from '../config/settings.ts';
import { readArguments } from './arguments.ts';
import { CliError, table } from './exit.ts';

describe('readArguments', () => {
  it('tells words, switches and flags apart, in any order', () => {
    const { words, isJson, switches, flags } = readArguments([
      '--json',
      'show',
      '--server',
      'https://a',
      '--origin',
      'x',
    ]);
    expect(words).toEqual(['show', 'x']);
    expect(isJson).toBe(true);
    expect([...switches].toSorted()).toEqual(['json', 'origin']);
    expect(flags).toEqual({ server: 'https://a' });
  });

  it('takes every setting as a flag, also with an equals sign; the last counts', () => {
    for (const flag of settings.flatMap((setting) => setting.flag ?? [])) {
      expect(readArguments([`--${flag}`, 'a', `--${flag}=b`]).flags).toEqual({ [flag]: 'b' });
    }
  });

  it('of nothing is nothing', () => {
    expect(readArguments([])).toEqual({ words: [], isJson: false, switches: new Set(), flags: {} });
  });

  it.each([
    ['a flag that does not exist', ['--dance'], /--dance/],
    ['a short flag', ['-x'], /-x/],
    ['a flag without its value', ['--server'], /--server/],
    ['a flag in place of a value', ['--server', '--json'], /--server/],
    ['a value for a switch', ['--json=yes'], /--json/],
    ['a switch turned off', ['--no-json'], /--no-json/],
  ])('%s is a wrong word', (_what, argv, words) => {
    const error = ((): unknown => {
      try {
        return readArguments(argv);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(CliError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(words) as string });
  });
});

describe('table', () => {
  it('makes columns as wide as their widest cell, and no spaces at the end', () => {
    expect(
      table([
        ['a', 'b', 'c'],
        ['long', '', 'd'],
        ['', 'e', ''],
      ]),
    ).toEqual(['a     b  c', 'long     d', '      e']);
  });

  it('keeps its columns where a row has fewer cells', () => {
    expect(table([['a', 'long', 'c'], ['x'], ['b', 's', 'd']])).toEqual(['a  long  c', 'x', 'b  s     d']);
  });
});
