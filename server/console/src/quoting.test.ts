import { spawnSync } from 'node:child_process';

import { sample, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cmdWord, msiProperty, powerShellWord, shWord } from './quoting.ts';

/** Everything that some shell takes for more than a letter. */
const NASTY = `a'b"c$(id)\`id\`;&|<>*?[x]{y,z}~#!\\ %PATH% ^ $HOME - \u2019 é`;

describe('a word for sh', () => {
  it('is read back by a real shell as it was, whatever is in it', () => {
    const texts = [NASTY, '', "'", "''", '\\', ...sample(string({ unit: 'grapheme', maxLength: 40 }), 100)].filter(
      (text) => shWord(text) !== undefined,
    );
    const script = texts.map((text) => `printf '%s\\0' ${shWord(text)}`).join('\n');
    const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
    expect(texts.length).toBeGreaterThan(50);
  });
});

describe('a word for PowerShell', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['\u2018a\u2019\u201A\u201B', "'\u2018\u2018a\u2019\u2019\u201A\u201A\u201B\u201B'"],
    ['$(id) `n "x" %a%', `'$(id) \`n "x" %a%'`],
  ])('%s is within single quotes, each of its own doubled', (text, word) => {
    expect(powerShellWord(text)).toBe(word);
  });
});

describe('a word for cmd', () => {
  it.each(['a b', 'a&b|c<d>e^f(g)', "it's", 'https://fettle.example:8443/x?a=1&b=2'])('%s is within quotes', (text) => {
    expect(cmdWord(text)).toBe(`"${text}"`);
  });

  it.each(['%PATH%', '100%', 'a"b', 'wow!'])('%s cannot be one', (text) => {
    expect(cmdWord(text)).toBeUndefined();
  });
});

it.each(['a\nb', 'a\rb', 'a\0b', '\u001B[2J', '\u0085'])('no shell is given control characters', (text) => {
  expect([shWord(text), powerShellWord(text), cmdWord(text)]).toEqual([undefined, undefined, undefined]);
});

it('a property for msiexec has its quotes doubled', () => {
  expect(msiProperty('TAGS', 'a "b" c')).toBe('TAGS="a ""b"" c"');
});
