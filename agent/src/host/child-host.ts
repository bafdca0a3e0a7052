// The machine as a short-lived child sees it: it may also start known programs and read any file.
import { readFileSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';

import type { Os } from '@fettle/shared/rule/scope';

import { readCertificate } from './certificate.ts';
import { type ChildHost, type Host, HostError, type Output, type RunOptions } from './host.ts';
import type { ProgramName } from './program-names.ts';
import { findProgram, isOfSystem } from './programs.ts';
import { runProgram } from './run-program.ts';
import { STORE, hasStore, storedSmartctl } from './stored-smartctl.ts';
import { refuseForeign } from './trusted-file.ts';

const FILE_MAX_BYTES = 1024 * 1024;

/** @param root what "/" is, for a recorded tree; @param uid who we are: root asks disks itself */
export const childHost = (host: Host, root = '', uid = process.getuid?.()): ChildHost => {
  const store = { path: `${root}${STORE}`, owner: 0, uptimeMs: host.uptimeMs };
  const isStored = (program: ProgramName) => program === 'smartctl' && uid !== 0 && hasStore(store.path);
  let [children, bytes] = [0, 0];
  const run = async (path: string, args: readonly string[], options?: RunOptions): Promise<Output> => {
    children += 1;
    const output = await runProgram(path, args, options);
    bytes += output.stdout.length + output.stderr.length;
    return output;
  };
  return {
    ...host,
    find: (program) => findProgram(program, root, host.os),
    run: async (program, args, options) => {
      if (isStored(program)) return storedSmartctl(store, args);
      const path = pathOf(program, root, host.os);
      if (!isOfSystem(path, root)) await refuseForeign(path);
      return run(path, args, options);
    },
    runDeclared: async ([path = '', ...args], options) => {
      await refuseForeign(path);
      return run(path, args, options);
    },
    inventory: async () => (await import('./inventory.ts')).gatherInventory(),
    certificate: readCertificate,
    spent: () => ({ cpuMs: cpuMsWithChildren(), children, bytes }),
    readFile: (path, maxBytes = FILE_MAX_BYTES) => readAtMost(`${root}${path}`, maxBytes),
    listFolder: (path) => readdir(`${root}${path}`),
    statFile: async (path) => {
      const found = await stat(`${root}${path}`);
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: found.size, modifiedMs: found.mtimeMs, mode: found.mode, uid: found.uid };
    },
  };
};

/** proc_pid_stat(5) counts in hundredths of a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** Places after the name: user and system time of the process, then of its children that have ended. */
const [UTIME, CSTIME] = [11, 14] as const;

const cpuMsWithChildren = (): number => {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields.slice(UTIME, CSTIME + 1).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
  } catch {
    const { user, system } = process.cpuUsage(); // elsewhere what children cost is not known
    return (user + system) / 1000;
  }
};

const pathOf = (program: ProgramName, root: string, os: Os): string => {
  const path = findProgram(program, root, os);
  if (path === undefined) throw new HostError('tool_missing', `${program} is not installed`, `install ${program}`);
  return path;
};

/** Also of files that say they are empty or never end, as those of the kernel do. */
const readAtMost = async (path: string, maxBytes: number): Promise<Buffer> => {
  const file = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
      if (bytesRead === 0) return Buffer.concat(chunks);
      bytes += bytesRead;
      if (bytes > maxBytes) throw new HostError('parse_error', `${path} is larger than ${maxBytes} bytes`);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
};
