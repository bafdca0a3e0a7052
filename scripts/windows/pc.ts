// What a test asks of the machine in Wine: its service, its registry, the files of the agent.
import { existsSync, readFileSync } from 'node:fs';

import { z } from 'zod';

import { until } from '../until.ts';
import type { Loopback } from './loopback.ts';
import type { Record } from './record.ts';
import type { Installer } from './stand-in.ts';
import type { Wine } from './wine.ts';

export type Pc = {
  readonly wine: Wine;
  readonly server: Loopback;
  readonly record: Record;
  readonly older: Installer;
  readonly newer: Installer;
};

export const KEY = String.raw`HKLM\Software\Fettle\Agent`;
export const ENROLMENT = String.raw`${KEY}\Enrolment`;
export const PROGRAM = String.raw`C:\Program Files\Fettle Agent\fettle-agent.exe`;
export const STATE = String.raw`C:\ProgramData\Fettle`;
const UNINSTALL = String.raw`HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall`;
/** The agent itself, not the children that it starts. */
const RESIDENT = 'run --stop-on-eof';
export const SOON_MS = 30_000;

/** Of an exit code of Windows Installer Linux shows the lowest 8 bits. */
export const INSTALL_FAILED = 1603 & 255;

export const install = async ({ wine }: Pc, { file }: Installer, ...properties: readonly string[]): Promise<number> =>
  (await wine.run(['msiexec', '/i', `Z:${file.replaceAll('/', '\\')}`, '/qn', ...properties])).code;

export const uninstall = async ({ wine }: Pc, { file }: Installer): Promise<number> =>
  (await wine.run(['msiexec', '/x', `Z:${file.replaceAll('/', '\\')}`, '/qn'])).code;

/** @returns undefined where it is not set */
export const valueOf = async ({ wine }: Pc, key: string, name: string): Promise<string | undefined> => {
  const { output } = await wine.run(['reg', 'query', key, '/v', name]);
  const line = output.split('\n').find((one) => one.trimStart().startsWith(`${name} `));
  return line === undefined ? undefined : line.trim().split(/ {4}/).slice(2).join('    ');
};

type Value = { readonly name: string; readonly text: string; readonly type?: 'REG_SZ' | 'REG_DWORD' };

export const setValue = ({ wine }: Pc, key: string, { name, text, type = 'REG_SZ' }: Value) =>
  wine.run(['reg', 'add', key, '/v', name, '/t', type, '/d', text, '/f']);

export const removeValue = ({ wine }: Pc, key: string, name: string) =>
  wine.run(['reg', 'delete', key, '/v', name, '/f']);

/** "RUNNING", or "none" where there is no such service. */
export const serviceState = async ({ wine }: Pc): Promise<string> =>
  /STATE\s*:\s*\d+\s+(\w+)/.exec((await wine.run(['sc', 'query', 'FettleAgent'])).output)?.[1] ?? 'none';

/** Of the agent, in "Apps & features". */
export const entriesOf = async ({ wine }: Pc): Promise<readonly string[]> => {
  const { output } = await wine.run(['reg', 'query', UNINSTALL, '/s']);
  const blocks = output.split(/\n(?=HKEY)/).filter((block) => block.includes('Fettle agent'));
  return blocks.map((block) => /DisplayVersion\s+REG_SZ\s+(\S+)/.exec(block)?.[1] ?? 'without a version');
};

export const residents = ({ wine }: Pc): readonly number[] => wine.processes(RESIDENT);

const identity = z.looseObject({ enrolled: z.looseObject({ deviceId: z.string() }).nullable() });

/** Which device it is; undefined while it is none. */
export const deviceOf = ({ wine }: Pc): string | undefined => {
  const path = wine.path(String.raw`${STATE}\data\identity.json`);
  return existsSync(path) ? identity.parse(JSON.parse(readFileSync(path, 'utf8'))).enrolled?.deviceId : undefined;
};

/** @returns which device connected, and after how many milliseconds */
export const connected = async (pc: Pc): Promise<{ readonly device: string; readonly ms: number }> => {
  const beganMs = performance.now();
  const find = () => {
    const device = deviceOf(pc);
    return device !== undefined && pc.server.isConnected(device) && device;
  };
  const device = await until('the agent at the server', find, SOON_MS).catch(() => 'none');
  return { device, ms: Math.round(performance.now() - beganMs) };
};

export const serviceStop = async (pc: Pc): Promise<void> => {
  await pc.wine.run(['sc', 'stop', 'FettleAgent']);
  await until('the service to stop', async () => (await serviceState(pc)) === 'STOPPED', SOON_MS);
};

export const serviceStart = (pc: Pc) => pc.wine.run(['sc', 'start', 'FettleAgent']);

export const logOf = ({ wine }: Pc): string => {
  const path = wine.path(String.raw`${STATE}\agent.log`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};
