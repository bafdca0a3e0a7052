// A kernel log to be played, and a machine that has it.
import { readFileSync } from 'node:fs';

import type { Host, KernelLog } from '../../host/host.ts';
import { hostAt, memoryOf } from '../fixture.ts';

/** Records of the kernel's own, as /dev/kmsg has them, from `seq` on. */
export const recordsOf = (texts: readonly string[], seq = 0, facility = 0): readonly string[] =>
  texts.map((text, index) => `${facility * 8 + 3},${seq + index},${(seq + index) * 1_000_000},-;${text}\n`);

const recorded = (name: string): readonly string[] =>
  readFileSync(new URL(`../../../fixtures/linux/kernel-log/${name}`, import.meta.url), 'latin1').split('\n');

/** Recorded records of /dev/kmsg. */
export const recordedRecords = (name: string): readonly string[] =>
  recorded(name)
    .filter((line) => line !== '')
    .map((line) => `${line}\n`);

/** The texts of a recorded `dmesg`. */
export const recordedLines = (name: string): readonly string[] =>
  recorded(name)
    .map((line) => line.replace(/^\[ *\d+\.\d+\] /, ''))
    .filter((line) => line !== '');

export type PlayedLog = {
  readonly host: Host;
  /** What the kernel writes next. */
  readonly write: (records: readonly string[]) => void;
  /** The ring as a program finds it that opens it now; without it, what was written before is still there. */
  readonly opened: () => number;
};

export const playKernelLog = (changes: Partial<Host> = {}, ring: string[] = []): PlayedLog => {
  let opened = 0;
  const openKernelLog = (): KernelLog => {
    opened += 1;
    let next = 0;
    return {
      read: (most) => {
        const records = ring.slice(next, next + most);
        next += records.length;
        return records;
      },
      close: () => undefined,
    };
  };
  return {
    host: { ...hostAt('/nowhere'), bootId: () => 'one', memory: memoryOf(), openKernelLog, ...changes },
    write: (records) => void ring.push(...records),
    opened: () => opened,
  };
};
