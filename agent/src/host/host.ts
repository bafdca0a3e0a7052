// The only door to the machine. Collectors get this type; node.ts is the real one, tests and the demo bring their own.
import type { Os } from '@fettle/shared/rule/scope';
import type { ReasonCode } from '@fettle/shared/wire/record.schema';

import type { Declared } from '../config/declared.schema.ts';
import type { ProgramName } from './program-names.ts';

/** What the resident agent may do: nothing here starts a program. */
export type Host = {
  readonly os: Os;
  readonly hostname: () => string;
  /** Since boot, time asleep included. */
  readonly uptimeMs: () => number;
  readonly wallMs: () => number;
  /** Different after each boot; "" where the system has no such thing. */
  readonly bootId: () => string;
  /** The whole of a file of the kernel (/proc, /sys), which answers from memory. @throws as fs does: ENOENT, EACCES … */
  readonly readKernel: (path: string) => string;
  /** Names in a folder of the kernel. @throws as fs does */
  readonly listKernel: (path: string) => readonly string[];
  /** The same for a file whose driver asks the hardware (a sensor), which can take its time. @throws HostError `timeout`, else as fs does */
  readonly readSensor: (path: string) => Promise<string>;
  /** The kernel's log from its oldest record on; of nobody else's reading. @throws as fs does: ENOENT, EPERM … */
  readonly openKernelLog: () => KernelLog;
  /** Where a link leads. @throws as fs does */
  readonly readLink: (path: string) => string;
  /** @throws HostError `timeout` when the file system does not answer, else as fs does */
  readonly statVolume: (path: string) => Promise<VolumeStat>;
  readonly builtin: Builtin;
  /** CPU time of this process so far. */
  readonly cpuMs: () => number;
  /** Resident memory of this process. */
  readonly memoryBytes: () => number;
  /** Gives back what is no longer needed now, rather than when the engine thinks it worth while; where it lets itself be asked. */
  readonly tidy: () => void;
  /** What this machine's administrator wrote into the agent's own file. */
  readonly declared: Declared;
  readonly memory: Memory;
  readonly systemBus: SystemBus;
  /** What a collector that runs in a short-lived child has to say. @throws HostError */
  readonly probe: (collector: string, signal: AbortSignal) => Promise<unknown>;
  /** What the long-lived child that looks at the declared targets has said. The first question starts it. */
  readonly checks: () => CheckNews;
};

export type KernelLog = {
  /** At most so many of the records since the last call, in Latin-1 as the kernel wrote them; it never waits. @throws as fs does */
  readonly read: (most: number) => readonly string[];
  readonly close: () => void;
};

/** The system's message bus (D-Bus), for a client that asks and listens. */
export type SystemBus = {
  /** A connection of its own. @throws HostError: `tool_missing` where there is no bus, else why it let nobody in */
  readonly connect: (listener: BusListener) => Promise<Bus>;
};

export type Bus = {
  /** What was answered, within seconds. @throws HostError: `policy_blocked`, `no_hardware` where there is no such object, else why there is no answer */
  readonly call: (call: BusCall) => Promise<readonly BusValue[]>;
  readonly close: () => void;
};

/** `onEnd` is told once, of an end that was not asked for. */
export type BusListener = {
  readonly onSignal: (signal: BusSignal) => void;
  readonly onEnd: (why: HostError) => void;
};

export type BusCall = {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Types of `args`, in the letters of D-Bus; absent without any. */
  readonly signature?: string;
  readonly args?: readonly BusValue[];
};

export type BusSignal = {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** The connection that it comes from, which the bus vouches for. */
  readonly sender: string;
  /** @throws HostError `parse_error` */
  readonly body: () => readonly BusValue[];
};

/** Arrays, structures and pairs of a map are arrays; 64-bit integers are bigints. A variant is read as what it holds. */
export type BusValue = string | number | bigint | boolean | readonly BusValue[];

/** What a collector remembers over restarts: one small JSON value under its id. */
export type Memory = {
  /** undefined when there is none, or none that can be read. */
  readonly read: (id: string) => unknown;
  /** Replaced whole, or left as it was. A disk that is full is told, not thrown. */
  readonly write: (id: string, value: unknown) => void;
};

/** What a short-lived child may do besides: start programs of a fixed list, read any file. */
export type ChildHost = Host & {
  /** Runs one of the known programs, found by absolute path only, in the C locale. @throws HostError */
  readonly run: (program: ProgramName, args: readonly string[], options?: RunOptions) => Promise<Output>;
  /** Runs what this machine's administrator declared: an absolute path and its arguments. @throws HostError */
  readonly runDeclared: (argv: readonly string[], options?: RunOptions) => Promise<Output>;
  /** The absolute path of a known program, or undefined where it is not installed. */
  readonly find: (program: ProgramName) => string | undefined;
  /** @param maxBytes of the file, 1 MiB without it. @throws HostError `parse_error` for a larger one, else as fs does */
  readonly readFile: (path: string, maxBytes?: number) => Promise<Buffer>;
  readonly listFolder: (path: string) => Promise<readonly string[]>;
  /** What systeminformation finds, by its functions' names. */
  readonly inventory: () => Promise<Readonly<Record<string, unknown>>>;
  /** What an X.509 certificate says of itself, in PEM or DER; undefined for anything else. */
  readonly certificate: (bytes: Uint8Array) => Certificate | undefined;
  /** Programs started so far, what they cost and wrote. */
  readonly spent: () => Spent;
  /** @throws as fs does */
  readonly statFile: (path: string) => Promise<FileStat>;
};

export type Certificate = {
  /** SHA-256 over the whole, as hex: the same certificate again. */
  readonly fingerprint: string;
  /** What the subject is called: its common name, else its organisation, else its first alternative name, else "". */
  readonly name: string;
  readonly expiresMs: number;
};

export type CheckNews = {
  /** The newest of each check, by its place in the file. */
  readonly lines: ReadonlyMap<number, { readonly ageMs: number; readonly value: unknown }>;
  /** What was spent since the last question. */
  readonly cost: Spent;
  /** Why there is no child at the moment. */
  readonly problem?: HostError;
};

/** What the child that looks at targets may do besides. What fails is the target's fault, but for `permission` and `tool_missing`. */
export type CheckHost = ChildHost & {
  /** Opens a TCP connection and closes it. @throws HostError */
  readonly connect: (to: Address, timeoutMs: number) => Promise<void>;
  /** One GET without redirects. @throws HostError */
  readonly request: (url: string, options: { timeoutMs: number; bodyMaxBytes: number }) => Promise<HttpAnswer>;
  readonly snmp: (to: SnmpAddress, timeoutMs: number) => Promise<SnmpSession>;
};

export type Address = { readonly host: string; readonly port: number };

export type HttpAnswer = {
  readonly status: number;
  /** Until the status was there. */
  readonly ms: number;
  /** The beginning of it; "" where none was asked for. */
  readonly body: string;
  /** Of https, whether it can be trusted or not. */
  readonly certificate?: PeerCertificate;
};

export type PeerCertificate = {
  readonly validToMs: number;
  readonly issuer: string;
  /** Why it is not to be trusted, by the certificate authorities of this system. */
  readonly problem?: string;
};

/** RFC 3414: without `auth` nothing is proven, without `priv` nothing is hidden. */
export type SnmpAddress = Address &
  (
    | { readonly version: '2c'; readonly community: string }
    | {
        readonly version: '3';
        readonly user: string;
        readonly auth?: { readonly protocol: string; readonly key: string };
        readonly priv?: { readonly protocol: string; readonly key: string };
      }
  );

/** Integers of every kind, and text. */
export type SnmpValue = number | string;

export type SnmpSession = {
  /** By OID; what the device does not have is left out. @throws HostError */
  readonly get: (oids: readonly string[]) => Promise<ReadonlyMap<string, SnmpValue>>;
  /** A column of a table, by the row's index; at most `rowsMax`. @throws HostError */
  readonly column: (oid: string, rowsMax: number) => Promise<ReadonlyMap<string, SnmpValue>>;
  readonly close: () => void;
};

export type Spent = { readonly cpuMs: number; readonly children: number; readonly bytes: number };

export type FileStat = {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly mode: number;
  readonly uid: number;
};

export type RunOptions = {
  readonly timeoutMs?: number;
  /** Exit codes that are answers; others are `service_broken`. Without it every code is an answer. */
  readonly codes?: readonly number[];
  /** Beside LC_ALL=C and a fixed PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it wrote until the deadline is an answer, with the code `LATE`. */
  readonly takesLate?: boolean;
};

/** The code of a program that was ended at its deadline: no program ends with it. */
export const LATE = -1;

/** What a program wrote, as UTF-8 whatever it was; at most 1 MiB each. */
export type Output = { readonly code: number; readonly stdout: string; readonly stderr: string };

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
  readonly code: ReasonCode;
  /** What a person can do about it. */
  readonly fix: string | undefined;
  constructor(code: ReasonCode, message: string, fix?: string) {
    super(message);
    this.name = 'HostError';
    this.code = code;
    this.fix = fix;
  }
}
