// A machine that remembers what it answered: asked again it says the same, and what it remembers can be written down. With the
// memory of another machine it answers as that one did.
import { codeOf, messageOf } from '@fettle/shared/error';
import { reasonCodes } from '@fettle/shared/wire/record.schema';

import {
  type ChildHost,
  type CpuTimes,
  type FileStat,
  HostError,
  type KernelLog,
  type Output,
  type VolumeStat,
} from './host.ts';

export type RecordedError = {
  readonly code: string;
  readonly message: string;
  readonly isHostError: boolean;
  readonly fix?: string;
};
export type Answer<T> = { readonly value: T } | { readonly error: RecordedError };
export type Answers<T> = Map<string, Answer<T>>;

/** By path, program, or what else was asked. */
export type Recording = {
  /** Of the kernel, of sensors and of the system: text alone. */
  readonly files: Answers<string>;
  readonly folders: Answers<readonly string[]>;
  readonly links: Answers<string>;
  readonly stats: Answers<FileStat>;
  readonly volumes: Answers<VolumeStat>;
  readonly programs: Answers<string | null>;
  /** By JSON of [program, arguments]. */
  readonly runs: Answers<Output>;
  /** systeminformation's answer, in JSON. */
  readonly inventory: Answers<string>;
  readonly kernelLog: Answers<readonly string[]>;
  readonly names: Answers<string>;
  readonly numbers: Answers<readonly number[]>;
  readonly cpus: Answers<readonly CpuTimes[]>;
};

export const emptyRecording = (): Recording => ({
  files: new Map(),
  folders: new Map(),
  links: new Map(),
  stats: new Map(),
  volumes: new Map(),
  programs: new Map(),
  runs: new Map(),
  inventory: new Map(),
  kernelLog: new Map(),
  names: new Map(),
  numbers: new Map(),
  cpus: new Map(),
});

/** @param known is added to. The message bus is left out: collectors find none, and go by programs. */
export const recordedHost = (host: ChildHost, known: Recording): ChildHost => {
  const { files, folders, links, stats, volumes, runs } = known;
  const number = (name: string, ask: () => number): number => once(known.numbers, name, () => [ask()])[0] ?? 0;
  return {
    ...host,
    wallMs: () => number('wallMs', host.wallMs),
    uptimeMs: () => number('uptimeMs', host.uptimeMs),
    bootId: () => '',
    hostname: () => once(known.names, 'hostname', host.hostname),
    readKernel: (path) => once(files, path, () => host.readKernel(path)),
    listKernel: (path) => once(folders, path, () => host.listKernel(path)),
    readSensor: (path) => onceLater(files, path, () => host.readSensor(path)),
    readLink: (path) => once(links, path, () => host.readLink(path)),
    statVolume: (path) => onceLater(volumes, path, () => host.statVolume(path)),
    builtin: {
      ...host.builtin,
      cpus: () => once(known.cpus, 'cpus', host.builtin.cpus),
      load: () => once(known.numbers, 'load', host.builtin.load),
      memory: () => memoryOf(once(known.numbers, 'memory', () => Object.values(host.builtin.memory()))),
    },
    openKernelLog: () => recordedLog(host, known.kernelLog),
    systemBus: { connect: () => Promise.reject(new HostError('tool_missing', 'a recording has no message bus')) },
    run: (program, args, options) =>
      onceLater(runs, JSON.stringify([program, args]), () => host.run(program, args, options)),
    find: (program) => once(known.programs, program, () => host.find(program) ?? null) ?? undefined,
    readFile: async (path) =>
      Buffer.from(await onceLater(files, path, async () => asText(path, await host.readFile(path)))),
    listFolder: (path) => onceLater(folders, path, () => host.listFolder(path)),
    statFile: (path) => onceLater(stats, path, () => host.statFile(path)),
    inventory: async () =>
      recordOf(await onceLater(known.inventory, '', async () => JSON.stringify(await host.inventory()))),
  };
};

const once = <T>(answers: Answers<T>, key: string, ask: () => T): T => {
  const known = answers.get(key);
  if (known) return valueOf(known);
  try {
    const value = ask();
    answers.set(key, { value });
    return value;
  } catch (error) {
    answers.set(key, { error: recordedError(error) });
    throw error;
  }
};

const onceLater = async <T>(answers: Answers<T>, key: string, ask: () => Promise<T>): Promise<T> => {
  const known = answers.get(key);
  if (known) return valueOf(known);
  try {
    const value = await ask();
    answers.set(key, { value });
    return value;
  } catch (error) {
    answers.set(key, { error: recordedError(error) });
    throw error;
  }
};

const valueOf = <T>(answer: Answer<T>): T => {
  if ('value' in answer) return answer.value;
  const { code, message, isHostError, fix } = answer.error;
  const reason = reasonCodes.find((known) => known === code);
  if (isHostError && reason !== undefined) throw new HostError(reason, message, fix);
  throw Object.assign(new Error(message), { code });
};

const recordedError = (error: unknown): RecordedError => ({
  code: codeOf(error),
  message: messageOf(error),
  isHostError: error instanceof HostError,
  ...(error instanceof HostError && error.fix !== undefined && { fix: error.fix }),
});

/** What was there at the first look; later there is nothing new. */
const recordedLog = (host: ChildHost, answers: Answers<readonly string[]>): KernelLog => {
  const records = [...once(answers, '', () => readAll(host.openKernelLog()))];
  return { read: (most) => records.splice(0, most), close: () => undefined };
};

const RECORDS_MAX = 5_000;

const readAll = (log: KernelLog): readonly string[] => {
  try {
    return log.read(RECORDS_MAX);
  } finally {
    log.close();
  }
};

const memoryOf = ([totalBytes = 0, freeBytes = 0]: readonly number[]) => ({ totalBytes, freeBytes });

const recordOf = (text: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

/** Nobody can see what stands in other files, and so nobody can send them. */
const asText = (path: string, bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new HostError('parse_error', `${path} is no text, and is not recorded`);
};
