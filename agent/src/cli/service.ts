// fettle-agent service ACTION: the agent as a service of this system.
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { type Arguments, readConfig } from './arguments.ts';
import { configuredToken, readIdentity } from './enroll.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';
import {
  type Installation,
  type MakeServiceManager,
  type ServiceAction,
  type ServiceStatus,
  serviceActions,
} from './service/service.ts';

const managers: Readonly<Partial<Record<NodeJS.Platform, () => Promise<MakeServiceManager>>>> = {
  darwin: async () => (await import('./service/darwin.ts')).serviceManager,
  linux: async () => (await import('./service/linux.ts')).serviceManager,
  win32: async () => (await import('./service/win32.ts')).serviceManager,
};

export const service = async (args: Arguments): Promise<ExitCode> => {
  const [word = ''] = args.words;
  const action = serviceActions.find((name) => name === word);
  if (action === undefined && word !== 'status') {
    throw new CliError(EXIT.usage, `usage: fettle-agent service ${[...serviceActions, 'status'].join('|')} [--json]`);
  }
  const manager = (await makeManager())(installationOf(args));
  if (action !== undefined) {
    await refuseStart(action, args);
    await manager[action]();
  }
  const status = await manager.status();
  print(args.isJson, status, linesOf(status));
  return action !== undefined || status.state === 'running' ? EXIT.ok : EXIT.failure;
};

const makeManager = (): Promise<MakeServiceManager> => {
  const load = managers[process.platform];
  if (load) return load();
  throw new CliError(EXIT.failure, `No service manager is known for ${process.platform}. Run: fettle-agent run`);
};

const installationOf = ({ flags }: Arguments): Installation => {
  const configFile = flags['config'] ?? process.env['FETTLE_CONFIG'];
  return {
    folder: bundleFolder(),
    ...(configFile !== undefined && { configFile: resolve(configFile) }),
  };
};

/** The entry, not the file of this verb. */
const bundleFolder = (): string => dirname(realpathSync(process.argv[1] ?? ''));

/** It would only end again: better said here than in the log of the service. @throws CliError */
const refuseStart = async (action: ServiceAction, args: Arguments): Promise<void> => {
  if (action !== 'start') return;
  const { config } = readConfig(args);
  if ((await readIdentity(config))?.enrolled || configuredToken(config)) return;
  throw new CliError(
    EXIT.notEnrolled,
    'This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE',
  );
};

const linesOf = ({ manager, installed, enabled, state, pid, detail }: ServiceStatus): readonly string[] =>
  table([
    ['service', installed ? `installed (${manager})` : `not installed (${manager})`],
    ['state', pid === undefined ? state : `${state}, process ${pid}`],
    ['at start of the machine', enabled ? 'starts' : 'does not start'],
    ...(detail === undefined ? [] : [['detail', detail]]),
  ]);
