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
/** winerror.h; sc.exe ends with them. */
const [ACCESS_DENIED, RUNS_ALREADY, NO_SERVICE, NOT_STARTED, EXISTS] = [5, 1056, 1060, 1062, 1073] as const;

export const serviceManager: MakeServiceManager = (installation) => ({
  status,
  install: async () => {
    await sc(['create', NAME, ...configurationOf(installation)], EXISTS);
    await sc(['config', NAME, ...configurationOf(installation)]);
  },
  uninstall: async () => {
    await stop();
    await sc(['delete', NAME], NO_SERVICE);
  },
  start: async () => {
    const { code } = await sc(['start', NAME], RUNS_ALREADY, NO_SERVICE);
    if (code === NO_SERVICE)
      throw new CliError(EXIT.failure, 'The service is not installed. Run: fettle-agent service install');
  },
  stop,
});

const status = async (): Promise<ServiceStatus> => {
  const queried = await sc(['queryex', NAME], NO_SERVICE);
  if (queried.code === NO_SERVICE) return scStatusOf('', '');
  return scStatusOf(queried.stdout, (await sc(['qc', NAME])).stdout);
};

const stop = async (): Promise<void> => {
  await sc(['stop', NAME], NOT_STARTED, NO_SERVICE);
  const deadlineMs = performance.now() + STOP_MS;
  while ((await status()).state !== 'stopped') {
    if (performance.now() > deadlineMs)
      throw new CliError(EXIT.failure, `The service does not stop within ${STOP_MS / 1000} s.`);
    await sleep(LOOK_MS);
  }
};

/** sc.exe takes a name with its "=" and the value as two words. @throws CliError */
const configurationOf = ({ folder, configFile }: Installation): readonly string[] => {
  const program = join(folder, HOST);
  if (!existsSync(program))
    throw new CliError(EXIT.failure, `${program} is missing: ${folder} is no complete installation.`);
  if (configFile !== undefined)
    throw new CliError(
      EXIT.usage,
      'The service of Windows reads agent.toml in %ProgramData%\\Fettle, and no other file.',
    );
  return ['binPath=', `"${program}" --service`, 'start=', 'delayed-auto', 'DisplayName=', 'Fettle agent'];
};

/** @param fine codes that are no error beside 0. @throws CliError */
const sc = async (words: readonly string[], ...fine: readonly number[]): Promise<Output> => {
  const path = findProgram('sc', '', 'windows');
  if (path === undefined) throw new CliError(EXIT.failure, 'sc.exe is missing in the System32 folder of Windows.');
  const output = await runProgram(path, words).catch((error: unknown) => {
    throw error instanceof HostError ? new CliError(EXIT.failure, error.message) : error;
  });
  if (output.code === 0 || fine.includes(output.code)) return output;
  if (output.code === ACCESS_DENIED)
    throw new CliError(EXIT.failure, 'Only administrators may do this: run it in a console of an administrator.');
  throw new CliError(EXIT.failure, `sc ${words[0]} ended with ${output.code}: ${output.stdout.trim()}`);
};
