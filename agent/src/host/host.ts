// The only door to the machine. Collectors get this type; node.ts is the real one, tests and the demo bring their own.
import type { Os } from '@fettle/shared/rule/scope';

export type Host = {
  readonly os: Os;
  readonly hostname: () => string;
  /** Since boot, time asleep included. */
  readonly uptimeMs: () => number;
  /** Different after each boot; "" where the system has no such thing. */
  readonly bootId: () => string;
  /** The whole of a file of the kernel (/proc, /sys), which answers from memory. @throws as fs does: ENOENT, EACCES … */
  readonly readKernel: (path: string) => string;
  /** Names in a folder of the kernel. @throws as fs does */
  readonly listKernel: (path: string) => readonly string[];
  /** @throws HostError `timeout` when the file system does not answer, else as fs does */
  readonly statVolume: (path: string) => Promise<VolumeStat>;
  readonly builtin: Builtin;
  /** The answer of one section that only a short-lived child may gather. @throws HostError */
  readonly probe: (section: ProbeSection, deadlineMs: number, signal: AbortSignal) => Promise<unknown>;
};

export type ProbeSection = 'inventory';

/** statvfs(3): blocks of `blockBytes`. `available` is what an ordinary user may still take. */
export type VolumeStat = {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly free: number;
  readonly available: number;
  readonly inodes: number;
  readonly inodesFree: number;
};

export type CpuTimes = {
  readonly user: number;
  readonly nice: number;
  readonly sys: number;
  readonly idle: number;
  readonly irq: number;
};

/** What Node knows on every system. */
export type Builtin = {
  /** Ms spent per CPU since boot. */
  readonly cpus: () => readonly CpuTimes[];
  readonly memory: () => { readonly totalBytes: number; readonly freeBytes: number };
  /** Of 1, 5 and 15 minutes; zeros on Windows. */
  readonly load: () => readonly number[];
  /** The drive that the system runs from. */
  readonly systemVolume: string;
};

/** The machine did not answer as it should. `code` is one of the reasons that a capability can have. */
export class HostError extends Error {
  readonly code: 'timeout' | 'tool_missing' | 'service_broken' | 'parse_error';
  constructor(code: HostError['code'], message: string) {
    super(message);
    this.name = 'HostError';
    this.code = code;
  }
}
