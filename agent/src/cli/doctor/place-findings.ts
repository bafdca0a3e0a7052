// Files that the agent needs: may it read and write them, may others, and is there room?

import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';
import { formatBytes } from '@fettle/shared/words/format';

import { type Finding, fail, ok, warn } from './finding.ts';

const OTHERS = 0o007;
const WRITABLE_BY_OTHERS = 0o022;
const ROOM_FAIL_BYTES = 16 * 2 ** 20;
const ROOM_WARN_BYTES = 256 * 2 ** 20;

export const dataFolderFindings = async (folder: string): Promise<readonly Finding[]> => {
  const about = 'data folder';
  try {
    const { mode } = await stat(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const isOpen = process.platform !== 'win32' && (mode & OTHERS) !== 0;
    return [
      isOpen ? warn(about, `${folder} can be entered by every user`, `chmod 700 ${folder}`) : ok(about, folder),
      await roomFinding(folder),
    ];
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      return [warn(about, `${folder} is not there: it is made at the first start`), ...(await parentFindings(folder))];
    return [fail(about, messageOf(error), 'run this as the user of the agent, or as root')];
  }
};

const parentFindings = async (folder: string): Promise<readonly Finding[]> => {
  const parent = dirname(folder);
  if (parent === folder) return [];
  try {
    return [await roomFinding(parent)];
  } catch {
    return parentFindings(parent);
  }
};

const roomFinding = async (folder: string): Promise<Finding> => {
  const { bavail, bsize } = await statfs(folder);
  const room = bavail * bsize;
  const text = `${formatBytes(room)} are free at ${folder}`;
  if (room < ROOM_FAIL_BYTES)
    return fail('room', text, 'make room: alerts and readings that wait for the server are lost');
  return room < ROOM_WARN_BYTES ? warn('room', text) : ok('room', text);
};

/** @param paths of the files that were read */
export const configFindings = async (paths: readonly string[]): Promise<readonly Finding[]> => {
  if (paths.length === 0) return [ok('configuration', 'no file: flags, environment and defaults')];
  return Promise.all(
    paths.map(async (path) => {
      const { mode } = await stat(path);
      const isOpen = process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0;
      return isOpen
        ? warn('configuration', `${path} can be changed by others`, `chmod go-w ${path}`)
        : ok('configuration', path);
    }),
  );
};
