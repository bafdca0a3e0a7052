import { describe, expect, it } from 'vitest';

import { alertSearch, deviceSearch, matchesText, parseSearch, stringifySearch } from './search.ts';

describe('search', () => {
  it('writes and reads plain text, also digits and reserved characters', () => {
    const text = stringifySearch({ q: '12 & a=b', state: 'all', empty: '', none: undefined });
    expect(text).toBe('?q=12+%26+a%3Db&state=all');
    expect(parseSearch(text)).toEqual({ q: '12 & a=b', state: 'all' });
    expect(stringifySearch({})).toBe('');
  });

  it('drops what it does not know', () => {
    expect(alertSearch({ state: 'open', severity: 'mild', q: '', rule: 'disk.space', other: 'x' })).toEqual({
      rule: 'disk.space',
    });
    expect(deviceSearch({ range: '2y' })).toEqual({});
    expect(deviceSearch({ range: '7d' })).toEqual({ range: '7d' });
  });

  it('finds all words, in any text and in any case', () => {
    expect(matchesText('NAS disk', ['nas-01', 'Disk space is running out'])).toBe(true);
    expect(matchesText('nas cpu', ['nas-01', 'Disk space is running out'])).toBe(false);
    expect(matchesText(undefined, [])).toBe(true);
  });
});
