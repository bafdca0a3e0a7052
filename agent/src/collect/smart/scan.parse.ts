// `smartctl --scan-open --json=c`: which devices there are, and by which type each is to be asked.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { parseJson } from '../json.parse.ts';
import { messagesOf, notJson, openReason } from './answer.parse.ts';
import { listOf, pick, remark, words } from './fields.parse.ts';

export type Scanned = {
  /** "/dev/sda", "/dev/bus/0". */
  readonly device: string;
  /** smartctl's -d: "sat", "nvme", "megaraid,3". */
  readonly type?: string;
  /** Why the scan could not open it. */
  readonly problem?: string;
};

/** More disks than one machine is asked for. */
export const DISKS_MAX = 100;

/** @returns the devices, or why the scan is no answer */
export const parseScan = (stdout: string): readonly Scanned[] | Reason => {
  const document = parseJson(stdout);
  if (pick(document, 'smartctl') === undefined) return notJson(stdout);
  const found = listOf(pick(document, 'devices')).flatMap(scannedOf);
  const [message] = messagesOf(document);
  return found.length === 0 && message !== undefined ? openReason(message) : found.slice(0, DISKS_MAX);
};

const scannedOf = (entry: unknown): readonly Scanned[] => {
  const [device, type] = [words(pick(entry, 'name')), words(pick(entry, 'type'))];
  const problem = remark(pick(entry, 'open_error'));
  if (device === undefined || device.startsWith('-')) return [];
  return [{ device, ...(type !== undefined && { type }), ...(problem !== undefined && { problem }) }];
};
