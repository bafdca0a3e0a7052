// What a configuration profile sets for this agent on a Mac. macOS keeps it in a property list, which may be binary: plutil, which
// every Mac has, says it as JSON.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { HostError } from './host.ts';
import { CHILD_ENVIRONMENT } from './run-program.ts';

/** Only root can write there. Of the machine, not of somebody who is logged in. */
const FILE = '/Library/Managed Preferences/com.fettle.agent.plist';
const PLUTIL = '/usr/bin/plutil';
/** Longer is a disk that hangs. It is waited for: nothing runs yet. */
const PATIENCE_MS = 5_000;
const OUTPUT_MAX_BYTES = 256 * 1024;

export type ManagedPreferences = { readonly path: string; readonly json: string };

/** @param root what "/" is. @returns undefined without a profile. @throws HostError */
export const readManagedPreferences = (root = ''): ManagedPreferences | undefined => {
  const path = `${root}${FILE}`;
  if (!existsSync(path)) return undefined;
  const { status, stdout, stderr, error } = spawnSync(`${root}${PLUTIL}`, ['-convert', 'json', '-o', '-', '--', path], {
    env: CHILD_ENVIRONMENT,
    cwd: '/',
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_MAX_BYTES,
  });
  if (status === 0) return { path, json: stdout };
  // it refuses dates and data, which are no settings
  const why = error?.message ?? `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
  throw new HostError(
    'parse_error',
    `${path} cannot be read: plutil: ${why}`,
    'give only texts, numbers, lists and dictionaries in the profile for com.fettle.agent',
  );
};
