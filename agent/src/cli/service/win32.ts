// The agent as a service of Windows, by sc.exe: of the same name as the installer's, whose service it finds there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { HostError, type Output } from '../../host/host.ts';
import { findProgram } from '../../host/programs.ts';
import { runProgram } from '../../host/run-program.ts';
import { CliError, EXIT } from '../exit.ts';
import { scStatusOf } from './sc-status.parse.ts';
import type { Installation, MakeServiceManager, ServiceStatus } from './service.ts';

const NAME = 'FettleAgent';
const HOST = 'fettle-agent.exe';
/** The host gives the agent 6 s to stop. */
const STOP_MS = 15_000;
const LOOK_MS = 250;
/** winerror.h; sc.exe ends with it. */
const ACCESS_DENIED = 5;
const KEY = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${NAME}`;

export const serviceManager: MakeServiceManager = (installation) => ({
  status,
  install: async () => {
    const action = (await status()).installed ? 'config' : 'create';
    await sc([action, NAME, ...configurationOf(installation)]);
  },
  uninstall: async () => {
    if (!(await status()).installed) return;
    await stop();
    await sc(['delete', NAME]);
  },
  start: async () => {
    const { installed, state } = await status();
    if (!installed) throw new CliError(EXIT.failure, 'The service is not installed. Run: fettle-agent service install');
    if (state !== 'running' && state !== 'starting') await sc(['start', NAME]);
  },
  stop: async () => {
    if ((await status()).installed) await stop();
  },
});

const status = async (): Promise<ServiceStatus> => {
  const registered = await windows('reg', ['query', KEY]);
  return registered.code === 0 ? scStatusOf(await sc(['query', NAME]), registered.stdout) : scStatusOf('', '');
};

const stop = async (): Promise<void> => {
  const { state } = await status();
  if (state !== 'stopped' && state !== 'stopping') await sc(['stop', NAME]);
  const deadlineMs = performance.now() + STOP_MS;
  while ((await status()).state !== 'stopped') {
    if (performance.now() > deadlineMs)
      throw new CliError(EXIT.failure, `The service does not stop within ${STOP_MS / 1000} s.`);
    await sleep(LOOK_MS);
  }
};

/** sc.exe takes a name with its "=" and the value as two words. The host makes the start a delayed one. @throws CliError */
const configurationOf = ({ folder, configFile }: Installation): readonly string[] => {
  const program = join(folder, HOST);
  if (!existsSync(program))
    throw new CliError(EXIT.failure, `${program} is missing: ${folder} is no complete installation.`);
  if (configFile !== undefined)
    throw new CliError(
      EXIT.usage,
      'The service of Windows reads agent.toml in %ProgramData%\\Fettle, and no other file.',
    );
  return ['binPath=', `"${program}" --service`, 'start=', 'auto', 'DisplayName=', 'Fettle agent'];
};

/** @returns what it wrote. @throws CliError */
const sc = async (words: readonly string[]): Promise<string> => {
  const { code, stdout } = await windows('sc', words);
  if (code === 0) return stdout;
  if (code === ACCESS_DENIED)
    throw new CliError(EXIT.failure, 'Only administrators may do this: run it in a console of an administrator.');
  throw new CliError(EXIT.failure, `sc ${words[0]} ended with ${code}: ${stdout.trim()}`);
};

/** @throws CliError */
const windows = async (name: 'sc' | 'reg', words: readonly string[]): Promise<Output> => {
  const path = findProgram(name, '', 'windows');
  if (path === undefined) throw new CliError(EXIT.failure, `${name}.exe is missing in the System32 folder of Windows.`);
  return runProgram(path, words).catch((error: unknown) => {
    throw error instanceof HostError ? new CliError(EXIT.failure, error.message) : error;
  });
};
