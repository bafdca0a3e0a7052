// Page files, and the memory that was promised: Win32_PageFileUsage in MiB, Win32_OperatingSystem in KiB.
import { pick, whole } from '../smart/fields.parse.ts';
import type { Row } from './answer.parse.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export type Paging = { readonly limitBytes: number; readonly usedBytes: number };

/** Of all page files together; undefined without any. */
export const parsePageFiles = (rows: readonly Row[]): Paging | undefined => {
  const files = rows.flatMap((row) => {
    const [limit, used] = [whole(pick(row, 'AllocatedBaseSize')), whole(pick(row, 'CurrentUsage'))];
    return limit === undefined || used === undefined || used > limit ? [] : [{ limit, used }];
  });
  const limitBytes = files.reduce((sum, { limit }) => sum + limit * MIB, 0);
  const usedBytes = files.reduce((sum, { used }) => sum + used * MIB, 0);
  return limitBytes > 0 ? { limitBytes, usedBytes } : undefined;
};

/** Promised ÷ what may be promised, which Windows never exceeds. */
export const parseCommitted = ([row]: readonly Row[]): number | undefined => {
  const limit = whole(pick(row, 'TotalVirtualMemorySize'));
  const free = whole(pick(row, 'FreeVirtualMemory'));
  return !limit || free === undefined || free > limit ? undefined : (limit - free) / limit;
};
