// A recording as files: manifest.json, and each text in a file of its own, where its path tells what it is.
import type { Output } from '../../host/host.ts';
import type { Answer, Recording } from '../../host/recording.ts';
import type { ArchiveFile } from '../archive/tar.ts';
import type { Source } from './redaction.ts';

export type Pass = { readonly monoMs: number; readonly recording: Recording };

/** Every text that a recording holds, and where it came from. */
export const sourcesOf = ({ recording }: Pass): readonly Source[] => [
  ...[...recording.files].map(([from, answer]) => ({ from, text: textOf(answer) })),
  ...[...recording.runs].map(([from, answer]) => ({ from, text: textOf(answer) })),
  ...[...recording.inventory].map(([from, answer]) => ({ from, text: textOf(answer) })),
  ...[...recording.kernelLog].map(([from, answer]) => ({ from, text: textOf(answer) })),
];

const textOf = (answer: Answer<unknown>): string => {
  if ('error' in answer) return answer.error.message;
  const { value } = answer;
  if (typeof value === 'string') return value;
  if (isOutput(value)) return `${value.stdout}\n${value.stderr}`;
  return Array.isArray(value) ? value.join('\n') : '';
};

const isOutput = (value: unknown): value is { readonly stdout: string; readonly stderr: string } =>
  typeof value === 'object' && value !== null && 'stdout' in value && 'stderr' in value;

type Stored = { readonly pass: object; readonly files: readonly ArchiveFile[] };
type Redact = (text: string) => string;

/** @param folder of this pass. @returns `pass` as recording.schema.ts has it */
export const storePass = ({ monoMs, recording }: Pass, folder: string, redact: Redact): Stored => {
  const files: ArchiveFile[] = [];
  const put = (path: string, text: string) => {
    const file = `${folder}/${path}`;
    files.push({ path: file, content: redact(text) });
    return { file };
  };
  let count = 0;
  const putRun = ({ code, stdout, stderr }: Output, key: string) => {
    count += 1;
    const name = `runs/${String(count).padStart(3, '0')}-${/^\["([\w-]+)"/.exec(key)?.[1] ?? 'program'}`;
    return { code, stdout: put(`${name}.stdout`, stdout), stderr: put(`${name}.stderr`, stderr) };
  };
  const { files: texts, runs, inventory, names, ...rest } = recording;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, answers]) => [name, entriesOf<unknown>(answers)]));
  const pass = {
    monoMs,
    ...plain,
    // "." and ".." in a path of the kernel lead through links: here they are names like others
    // a name that is too short to be looked for everywhere is one here
    names: entriesOf(names, (name) => hostOf(redact, name)),
    files: entriesOf(texts, (text, path) =>
      put(`tree${redact(path).replaceAll(/(?<=\/)\.{1,2}(?=\/|$)/g, 'up')}`, text),
    ),
    runs: entriesOf(runs, putRun),
    inventory: entriesOf(inventory, (text) => put('inventory.json', text)),
  };
  return { pass: redactDeep(pass, redact), files };
};

const hostOf = (redact: Redact, name: string): string => {
  const key = '"hostname":"';
  return redact(`${key}${name}"`).slice(key.length, -1);
};

const entriesOf = <T>(
  answers: ReadonlyMap<string, Answer<T>>,
  store: (value: T, key: string) => unknown = (value) => value,
): object =>
  Object.fromEntries(
    [...answers].map(([key, answer]) => [key, 'error' in answer ? answer : { value: store(answer.value, key) }]),
  );

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The same with every text in it redacted, keys too; as JSON has it. */
export const redactDeep = (value: object, redact: Redact): object => {
  const walk = (part: unknown): Json => {
    if (typeof part === 'string') return redact(part);
    if (typeof part === 'number' || typeof part === 'boolean') return part;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return null;
    const entries = Object.entries(part).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [redact(key), walk(inner)]));
  };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
};
