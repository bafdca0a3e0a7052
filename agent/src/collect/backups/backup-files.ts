// Backups that are files: what lies in a folder, or fits a pattern.
import { type ChildHost, HostError } from '../../host/host.ts';
import { fileStat } from '../child-files.ts';
import type { Made } from './outcome.ts';

/** Looked at: more are not a folder of backups. */
const ENTRIES_MAX = 20_000;
const WILD = /[*?]/;

/** @param path a folder, or with * and ? in any of its parts. @throws HostError, and as fs does for what is not there */
export const backupFiles = async (host: ChildHost, path: string): Promise<readonly Made[]> => {
  const isPattern = WILD.test(path);
  const paths = isPattern ? await expand(host, path) : await within(host, path);
  const made: Made[] = [];
  for (const one of paths) {
    const found = await fileStat(host, one); // gone in between
    if (found?.kind === 'file') made.push({ atMs: Math.round(found.modifiedMs), bytes: found.bytes });
  }
  return made;
};

const within = async (host: ChildHost, path: string): Promise<readonly string[]> => {
  const { kind } = await host.statFile(path);
  return kind === 'folder'
    ? bounded(
        path,
        (await host.listFolder(path)).map((name) => `${path}/${name}`),
      )
    : [path];
};

/** Part by part. What cannot be listed below a wildcard has nothing; the part before the first one must be there. */
const expand = async (host: ChildHost, pattern: string): Promise<readonly string[]> => {
  const parts = pattern.split('/').slice(1);
  const firstWild = parts.findIndex((part) => WILD.test(part));
  let paths: readonly string[] = [
    parts
      .slice(0, firstWild)
      .map((part) => `/${part}`)
      .join(''),
  ];
  for (const [index, part] of parts.slice(firstWild).entries()) {
    const next: string[] = [];
    for (const path of paths) next.push(...(await step(host, path, { part, isFirst: index === 0 })));
    paths = bounded(pattern, next);
  }
  return paths;
};

const step = async (host: ChildHost, path: string, { part, isFirst }: { part: string; isFirst: boolean }) => {
  if (!WILD.test(part)) return [`${path}/${part}`];
  const names = await host.listFolder(path === '' ? '/' : path).catch((error: unknown) => {
    if (isFirst) throw error;
    return [];
  });
  const fits = patternOf(part);
  return names.filter((name) => fits.test(name)).map((name) => `${path}/${name}`);
};

/** As the shell does it: a leading dot is not for wildcards. */
const patternOf = (part: string): RegExp => {
  const body = part
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${WILD.test(part.slice(0, 1)) ? String.raw`(?!\.)` : ''}${body}$`, 's');
};

const bounded = (path: string, paths: readonly string[]): readonly string[] => {
  if (paths.length > ENTRIES_MAX)
    throw new HostError('parse_error', `${path} has more than ${ENTRIES_MAX} entries`, 'name a narrower pattern');
  return paths;
};
