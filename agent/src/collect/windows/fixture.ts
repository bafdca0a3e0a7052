// A Windows of the tests: its programs are scripts that write what was recorded, below a folder that is its root.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost, Host } from '../../host/host.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import type { Answer, Row } from './answer.parse.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/windows', import.meta.url));

/** What was recorded: `recorded('sc/de/services.txt')`. */
export const recorded = (path: string): string => readFileSync(join(fixtures, path), 'utf8');

/** Of one section; none where the question failed. */
export const rowsIn = (answer: Answer, id: string): readonly Row[] => {
  const section = answer.get(id);
  return section && 'rows' in section ? section.rows : [];
};

const FOLDER = 'C:/Windows/System32';
const POWERSHELL = `${FOLDER}/WindowsPowerShell/v1.0/powershell.exe`;
const LANGUAGE = { de: 'laptop-de', fr: 'desktop-fr' } as const;

/** How text goes into a pipe. */
export const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\u{FEFF}${text}`),
  'UTF-16 with a mark': (text) => Buffer.from(`\u{FEFF}${text}`, 'utf16le'),
  'UTF-16': (text) => Buffer.from(text, 'utf16le'),
};

type Machine = { readonly root: string; readonly language: keyof typeof LANGUAGE; readonly encoding?: string };

/** All of its programs, which count how often they were started. */
export const installWindows = ({ root, language, encoding = 'UTF-8' }: Machine): void => {
  const bytesOf = encodings[encoding] ?? ((text: string) => Buffer.from(text));
  const says = (name: string, path: string): string => {
    writeTree(root, { [`said/${name}`]: bytesOf(recorded(path)) });
    return `cat '${root}/said/${name}'`;
  };
  const count = (name: string): string => `echo "$*" >> '${root}/${name}.calls'`;
  const answer = says('powershell', `powershell/${LANGUAGE[language]}/answer.txt`);
  installProgram(root, POWERSHELL, `${count('powershell')}; ${answer}`);
  installProgram(root, `${FOLDER}/sc.exe`, `${count('sc')}; ${says('sc', `sc/${language}/services.txt`)}`);
  const reg = `case "$*" in
*MountedDevices*) ${says('mounted', 'reg/en/mounted-devices.txt')};;
*DelayedAutostart*) ${says('delayed', `reg/${language}/delayed.txt`)};;
*TriggerInfo*) ${says('triggers', `reg/${language}/triggers.txt`)};;
*) ${says('start', `reg/${language}/start.txt`)};;
esac`;
  installProgram(root, `${FOLDER}/reg.exe`, `${count('reg')}; ${reg}`);
};

/** @param path of the program below System32 */
export const installTool = (root: string, path: string, script: string): void =>
  installProgram(root, `${FOLDER}/${path}`, script);

export const breakPowerShell = (root: string, script: string): void => installProgram(root, POWERSHELL, script);

/** The arguments of each start of a program so far. */
export const callsOf = (root: string, name: string): readonly string[] => {
  const path = join(root, `${name}.calls`);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

export type Windows = { readonly host: (afterMs?: number) => ChildHost; readonly memory: Record<string, unknown> };

/** A new child each time, of one machine that remembers. @param changes of the host */
export const windowsAt = (root: string, changes: Partial<Host> = {}): Windows => {
  const memory: Record<string, unknown> = {};
  return {
    memory,
    host: (afterMs = 0) =>
      childHostAt(root, {
        os: 'windows',
        memory: memoryOf(memory),
        wallMs: () => 1_800_000_000_000 + afterMs,
        uptimeMs: () => 3_600_000 + afterMs,
        declared: NOTHING_DECLARED,
        ...changes,
      }),
  };
};
