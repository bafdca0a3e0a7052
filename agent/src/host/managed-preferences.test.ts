// A profile's preferences by way of a program in plutil's place: what macOS gives is played, how it is asked is not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { installProgram, writeTree } from '../collect/fixture.ts';
import { readManagedPreferences } from './managed-preferences.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-managed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { skip, why } = missing(needs.linux);
const FILE = 'Library/Managed Preferences/com.fettle.agent.plist';

/** A Mac with a profile, whose plutil does this. */
const mac = (name: string, plutil: string): string => {
  const root = join(folder, name);
  writeTree(root, { [FILE]: 'bplist00' });
  installProgram(root, 'usr/bin/plutil', plutil);
  return root;
};

describe.skipIf(skip)(`managed preferences${why}`, () => {
  it('are none without a profile, and nothing is started', () => {
    expect(readManagedPreferences(join(folder, 'none'))).toBeUndefined();
  });

  it('are what plutil says of the file, asked with its path as a word of its own', () => {
    const root = mac('profile', 'printf "%s|" "$@"');
    const path = join(root, FILE);
    expect(readManagedPreferences(root)).toEqual({ path, json: `-convert|json|-o|-|--|${path}|` });
  });

  it.each([
    ['a date in it', 'echo "invalid object in plist for destination format"; exit 1', /invalid object in plist/],
    ['no end', 'while :; do echo 0123456789012345678901234567890123456789; done', /ENOBUFS/],
  ])('with %s are refused with what to do', (name, plutil, words) => {
    const root = mac(name, plutil);
    expect(() => readManagedPreferences(root)).toThrow(words);
    expect(() => readManagedPreferences(root)).toThrow(join(root, FILE));
  });
});
