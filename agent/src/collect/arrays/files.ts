import { codeOf } from '@fettle/shared/error';

import type { Host } from '../../host/host.ts';

export const listOrNone = (host: Host, folder: string): readonly string[] => {
  try {
    return host.listKernel(folder);
  } catch (error) {
    return orThrow(error, []);
  }
};

/** undefined for a file that is not there: most are there for some kinds only. @throws what else keeps it from being read */
export const readOrNone = (host: Host, path: string): string | undefined => {
  try {
    return host.readKernel(path);
  } catch (error) {
    return orThrow(error, undefined);
  }
};

/** Not there, gone meanwhile, not a folder, or nothing to say. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENODEV', 'ENOTDIR', 'ENXIO', 'EINVAL']);

const orThrow = <T>(error: unknown, none: T): T => {
  if (ABSENT.has(codeOf(error))) return none;
  throw error;
};
