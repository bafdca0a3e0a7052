// server/COMPLAINTS.md names tests: each must be there under its title, so that the table cannot rot.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const COMPLAINTS = 37;
const NAMED = /`([^`]+\.test\.tsx?)`: “([^”]+)”/g;

const rows = readFileSync(join(root, 'server', 'COMPLAINTS.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| +\d+ +\|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, no = '', complaint = '', here = '', tests = '']) => ({ no, complaint, here, tests }));

/** As a title of its own, or as the name of a row of a table. */
const holds = (path: string, title: string): boolean => {
  const text = readFileSync(path, 'utf8');
  return ["'", '`', '"'].some((quote) => text.includes(`${quote}${title}${quote}`));
};

describe('the complaints of others', () => {
  it('are all here, each with what Fettle does', () => {
    expect(rows.map(({ no }) => Number(no))).toEqual(Array.from({ length: COMPLAINTS }, (_, index) => index + 1));
    for (const { no, complaint, here } of rows) {
      expect(complaint, no).not.toBe('');
      expect(here, no).not.toBe('');
    }
  });

  it.each(rows)('$no is answered by tests that are there, or is said not to be built yet', ({ here, tests }) => {
    const named = [...tests.matchAll(NAMED)].map(([, path = '', title = '']) => ({ path: join(root, path), title }));
    if (named.length === 0) expect([tests, here]).toEqual(['none', expect.stringContaining('not built yet')]);
    // nothing else stands in the cell: a test that is named in another way would not be looked for
    expect(tests.replaceAll(NAMED, '').replaceAll('<br>', '').trim()).toBe(named.length === 0 ? 'none' : '');
    const missing = named.filter(({ path, title }) => !existsSync(path) || !holds(path, title));
    expect(missing).toEqual([]);
  });
});
