import type { ChildHost } from '../../host/host.ts';
import { fileStat, folderNames } from '../child-files.ts';

const LOOKED_AT_MAX = 300;

/** When any of these was last written; undefined where none is there. */
export const newestMs = async (host: ChildHost, paths: readonly string[]): Promise<number | undefined> => {
  const found = await Promise.all(paths.slice(0, LOOKED_AT_MAX).map((path) => fileStat(host, path)));
  const times = found.flatMap((file) => file?.modifiedMs ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
};

/** The paths in a folder; none where it is not there. */
export const pathsIn = async (host: ChildHost, folder: string): Promise<readonly string[]> => {
  const names = await folderNames(host, folder);
  return names.slice(0, LOOKED_AT_MAX).map((name) => `${folder}/${name}`);
};
