// A process and what it used, in one line.
import type { ProcessUse } from '../alert/alert.ts';
import { formatBytes, formatPercent } from './format.ts';

/** "node (4711): 198 % CPU, 120 MiB"; 100 % is one CPU. */
export const processText = ({
  pid,
  name,
  cpu,
  memoryBytes,
}: Omit<ProcessUse, 'cpu'> & { readonly cpu?: number | null | undefined }): string => {
  const share = typeof cpu === 'number' ? `${formatPercent(cpu)} CPU, ` : '';
  return `${name} (${pid}): ${share}${formatBytes(memoryBytes)}`;
};
