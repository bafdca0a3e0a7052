// Whose the data folder is, and who else can read it.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf } from '@fettle/shared/error';

import { type Finding, bad, ok } from '../../store/check/finding.ts';

type Owned = { readonly path: string; readonly uid: number; readonly mode: number; readonly isFolder: boolean };

/** The folder, then what lies in it; empty: it is not there. `error`: it cannot be looked into. */
export type Rights = { readonly folder: string; readonly all: readonly Owned[]; readonly error?: string };

export const readRights = (folder: string): Rights => {
  try {
    const paths = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
    return { folder, all: paths.flatMap(look) };
  } catch (error) {
    return { folder, all: [], ...(codeOf(error) !== 'ENOENT' && { error: String(error) }) };
  }
};

const look = (path: string): readonly Owned[] => {
  const found = lstatSync(path, { throwIfNoEntry: false }); // a running server makes and removes some
  return found ? [{ path, uid: found.uid, mode: found.mode & 0o777, isFolder: found.isDirectory() }] : [];
};

const WHAT = 'rights of the data folder';

/** @param selfUid undefined where users have no numbers */
export const tellRights = ({ folder, all, error }: Rights, selfUid: number | undefined): readonly Finding[] => {
  const [top, ...within] = all;
  if (error !== undefined)
    return [bad(WHAT, error, 'Run it as root, or as the user of the server: fettle-server in a package.')];
  if (!top)
    return [bad(WHAT, `${folder} is not there`, 'Make a server: fettle-server init. Or check data_dir (--data).')];
  if (!top.isFolder) return [bad(WHAT, `${folder} is no folder`, 'Check data_dir (--data).')];
  if (selfUid === undefined) return [];
  if (selfUid !== 0 && selfUid !== top.uid)
    return [bad(WHAT, `${folder} belongs to user ${top.uid}`, 'Run it as root, or as that user.')];
  return [strangers(top, within), readers(top)];
};

const strangers = (top: Owned, within: readonly Owned[]): Finding => {
  const what = 'owner of the data';
  const others = within.filter(({ uid }) => uid !== top.uid);
  const [first] = others;
  if (!first) return ok(what, `user ${top.uid}`);
  const count = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return bad(
    what,
    `${first.path}${count} belong to another user than the folder`,
    `The server may not be able to write them: chown -R --reference=${top.path} ${top.path}`,
  );
};

const readers = ({ path, mode }: Owned): Finding =>
  (mode & 0o007) === 0
    ? ok(WHAT, mode.toString(8))
    : bad(
        WHAT,
        `every user of this machine can look into ${path} (${mode.toString(8)})`,
        `Close it: chmod 700 ${path}`,
      );
