// /dev/kmsg: the kernel's own log, one record per read (Documentation/ABI/testing/dev-kmsg of the kernel).
import { closeSync, constants, openSync, readSync } from 'node:fs';

import type { KernelLog } from './host.ts';

/** Twice what the kernel makes of its longest record; a read into less would be refused. */
const BUFFER_BYTES = 16 * 1024;

/** The log that the host of the service has opened, with a privilege that this process does not have; undefined without one. */
export const inheritedKernelLog = (env: NodeJS.ProcessEnv): KernelLog | undefined => {
  const [, digits] = /^(\d{1,4})$/.exec(env['FETTLE_KERNEL_LOG'] ?? '') ?? [];
  // it cannot be opened again: whoever does goes on where the last one was
  return digits === undefined ? undefined : { ...logFrom(Number(digits)), close: () => undefined };
};

/** @param path may name a file too, for a recorded tree: it is given in pieces. @throws as fs does */
export const openKernelLog = (path: string): KernelLog =>
  logFrom(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));

const logFrom = (file: number): KernelLog => {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  return {
    read: (most) => {
      const records: string[] = [];
      for (let reads = 0; reads < most; reads += 1) {
        const record = readRecord(file, buffer);
        if (record === 'end') break;
        if (record !== 'overwritten') records.push(record.text);
      }
      return records;
    },
    close: () => closeSync(file),
  };
};

const readRecord = (file: number, buffer: Buffer): { readonly text: string } | 'end' | 'overwritten' => {
  try {
    const bytes = readSync(file, buffer);
    return bytes === 0 ? 'end' : { text: buffer.toString('latin1', 0, bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN') return 'end'; // nothing new: the read did not wait
    if (code === 'EPIPE') return 'overwritten'; // the next read goes on at the oldest that is left
    throw error;
  }
};
