// The folder of all backups. Each is a folder of its own, complete from the moment it has its name.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DAY_MS } from '@fettle/shared/time';

import { ensureFolder } from '../ensure-folder.ts';
import { syncFile, syncFolder } from '../sync-file.ts';
import type { Kept } from './keep.ts';
import { type Manifest, manifest } from './manifest.schema.ts';

const MANIFEST = 'backup.json';
const PART = '.part';
/** A half-made one that nobody has added a file to for so long is of a try that was killed. A younger one may be of another program at work. */
const STALE_MS = DAY_MS;

export type Backup = Kept & { readonly path: string; readonly manifest: Manifest };

/** @returns what a folder says of itself; undefined when it is no backup, or only half of one */
export const readBackup = (path: string): Backup | undefined => {
  try {
    const said = manifest.parse(JSON.parse(readFileSync(join(path, MANIFEST), 'utf8')));
    const { kind, madeAt, problems } = said;
    return { name: path, path, kind, madeMs: Date.parse(madeAt), isGood: problems.length === 0, manifest: said };
  } catch {
    return undefined;
  }
};

/** The newest first. */
export const listBackups = (folder: string): readonly Backup[] => {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => !name.endsWith(PART))
    .flatMap((name) => readBackup(join(folder, name)) ?? [])
    .toSorted((a, b) => b.madeMs - a.madeMs);
};

/** An empty folder to make a backup in. What an earlier try has left is taken away in time. */
export const beginBackup = (folder: string, atMs: number, kind: Manifest['kind']): string => {
  ensureFolder(folder);
  for (const name of readdirSync(folder)) {
    if (name.endsWith(PART) && isStale(join(folder, name), atMs)) dropBackup(join(folder, name));
  }
  const stamp = new Date(atMs).toISOString().replaceAll(':', '-').replace('.', '-');
  const path = join(folder, `${stamp}-${kind}${PART}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
};

/** One that is gone by now was another's, who took it away. */
const isStale = (part: string, nowMs: number): boolean => {
  const touchedMs = statSync(part, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
  return nowMs - touchedMs > STALE_MS;
};

/** With its name it is one. @returns it */
export const finishBackup = (part: string, said: Manifest): Backup | undefined => {
  writeFileSync(join(part, MANIFEST), `${JSON.stringify(said, null, 2)}\n`, { mode: 0o600 });
  syncFile(join(part, MANIFEST));
  syncFolder(part);
  const path = part.slice(0, -PART.length);
  renameSync(part, path);
  syncFolder(join(path, '..'));
  return readBackup(path);
};

export const dropBackup = (path: string): void => rmSync(path, { recursive: true, force: true });
