import { describe, expect, it } from 'vitest';

import { type Setting, envLayer, explainIssue, flagLayer, mergeLayers, treeLayer } from './layers.ts';

const settings: readonly Setting[] = [
  { key: 'server.url', flag: 'server', env: 'URL', about: 'an address' },
  { key: 'level', flag: 'level', env: 'LEVEL', about: 'one of four' },
];
const fallback = { origin: () => 'default', values: { level: 'info' } };

describe('layers', () => {
  const file = treeLayer({ server: { url: 'from the file' }, level: 'debug' }, 'file /f');
  const env = envLayer(settings, { URL: 'from the environment', UNRELATED: 'x' });
  const flags = flagLayer(settings, { server: 'from a flag', other: 'x' });

  it('the stronger wins, and each value remembers its source', () => {
    expect(mergeLayers([flags, env, file, fallback])).toEqual({
      values: { 'server.url': 'from a flag', level: 'debug' },
      origins: { 'server.url': 'flag --server', level: 'file /f' },
    });
    expect(mergeLayers([env, fallback])).toEqual({
      values: { 'server.url': 'from the environment', level: 'info' },
      origins: { 'server.url': 'environment URL', level: 'default' },
    });
    expect(mergeLayers([])).toEqual({ values: {}, origins: {} });
  });

  it('a text that is empty is a value, one that is missing is none', () => {
    expect(envLayer(settings, { URL: '', LEVEL: undefined }).values).toEqual({ 'server.url': '' });
  });

  it('only tables open up: lists and dates stay values, so that they are refused and not passed over', () => {
    const date = new Date(0);
    const tree = { server: { url: ['a'] }, level: date, empty: {} };
    expect(treeLayer(tree, 'f').values).toEqual({ 'server.url': ['a'], level: date });
    // a TOML parser's tables have no prototype
    expect(treeLayer({ a: { __proto__: null, b: null } }, 'f').values).toEqual({ 'a.b': null });
  });

  it('a key like __proto__ is one like any other', () => {
    const tree: object = JSON.parse('{"__proto__": [1], "a": {"__proto__": {"b": 1}}}') as object;
    const { values, origins } = mergeLayers([treeLayer(tree, 'f')]);
    expect(Object.keys(values)).toEqual(['__proto__', 'a.__proto__.b']);
    expect(Object.keys(origins)).toEqual(['__proto__', 'a.__proto__.b']);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });
});

describe('explainIssue', () => {
  const merged = mergeLayers([treeLayer({ level: 'loud', typo: 1 }, 'file /f'), fallback]);

  it('says where, which, what is wrong and what is expected', () => {
    expect(explainIssue(settings, merged, { path: ['level'], message: 'not allowed' })).toBe(
      'file /f: level: not allowed. Expected: one of four.',
    );
  });

  it('finds the key that nobody knows, which a validator does not name', () => {
    const expected = 'file /f: typo: there is no such setting. Settings: server.url, level.';
    expect(explainIssue(settings, merged, { path: [], message: 'unknown key' })).toBe(expected);
    expect(explainIssue(settings, merged, { path: ['typo'], message: 'unknown key' })).toBe(expected);
  });

  it.each([
    ['without an issue', undefined],
    ['with an issue of nothing in particular', { path: [], message: 'is wrong' }],
  ])('%s there is still a sentence', (_name, issue) => {
    expect(explainIssue(settings, mergeLayers([fallback]), issue)).toContain('settings: :');
  });

  it('a setting that is missing has no source', () => {
    expect(explainIssue(settings, mergeLayers([]), { path: ['level'], message: 'is missing' })).toBe(
      'settings: level: is missing. Expected: one of four.',
    );
  });
});
