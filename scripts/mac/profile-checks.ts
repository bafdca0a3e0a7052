// The sample of a configuration profile: XML to xmllint, and to libplist what it is to the agent's tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { parsePlist } from '@fettle/agent/collect/mac/plist.parse';

import type { Check } from '../vm/checks.ts';
import type { RunTool } from './tools.ts';

const PROFILE = join(import.meta.dirname, '../../agent/packaging/macos/fettle.mobileconfig');

/** @param work a folder for what is in between */
export const checksOfProfile = (work: string, run: RunTool): readonly Check[] => {
  const binary = join(work, 'profile.binary');
  run('xmllint', ['--noout', '--nonet', PROFILE]);
  run('plistutil', ['-f', 'bin', '-i', PROFILE, '-o', binary]);
  const theirs = parsePlist(run('plistutil', ['-f', 'xml', '-i', binary]));
  const isSame = isDeepStrictEqual(theirs, parsePlist(readFileSync(PROFILE, 'utf8')));
  return [
    { what: 'the sample, by plistutil', wanted: 'the same', found: isSame ? 'the same' : JSON.stringify(theirs) },
  ];
};
