// The agent as a service of systemd: of the units that a package brought, or of the same written for the folder it lies in.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';

import { HostError } from '../../host/host.ts';
import type { ProgramName } from '../../host/program-names.ts';
import { findProgram } from '../../host/programs.ts';
import { runProgram } from '../../host/run-program.ts';
import { refuseForeign } from '../../host/trusted-file.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Installation, MakeServiceManager, ServiceManager } from './service.ts';
import { statusOf } from './unit-status.parse.ts';
import {
  AGENT,
  PACKAGE_FOLDER,
  SMART,
  SMART_TIMER,
  configUnit,
  folderProblem,
  kernelLogUnit,
  unitFor,
} from './units.ts';

/** Longer than the unit gives the agent to start (90 s) or to stop. */
const PATIENCE_MS = 120_000;
const UNITS = [AGENT, SMART, SMART_TIMER] as const;
const OWN_UNITS = '/etc/systemd/system';
const DROP_INS = `${OWN_UNITS}/${AGENT}.d`;
const KERNEL_LOG = '/dev/kmsg';
/** What a started installation consists of, beside the bundle. */
const PROGRAMS = ['fettle-agent-host', 'node', 'agent.js'] as const;
const PROPERTIES = 'LoadState,ActiveState,UnitFileState,MainPID,Result,ExecMainStatus,NRestarts';

export const serviceManager: MakeServiceManager = (installation) =>
  serviceManagerAt(installation, '', process.getuid?.());

/** @param root what "/" is */
export const serviceManagerAt = (installation: Installation, root: string, uid: number | undefined): ServiceManager => {
  const systemctl = (...args: readonly string[]) => ask(root, 'systemctl', args);
  const status = async () => statusOf(await systemctl('show', AGENT, `--property=${PROPERTIES}`));
  return {
    status,
    install: async () => {
      refuseOthers(root, uid);
      await placeUnits(installation, root);
      await systemctl('daemon-reload');
      await systemctl('enable', AGENT, SMART_TIMER);
    },
    uninstall: async () => {
      refuseOthers(root, uid);
      if ((await status()).installed) await systemctl('disable', '--now', AGENT, SMART_TIMER);
      for (const path of [...UNITS.map((name) => `${OWN_UNITS}/${name}`), DROP_INS])
        rmSync(`${root}${path}`, { recursive: true, force: true });
      await systemctl('daemon-reload');
    },
    start: async () => {
      refuseOthers(root, uid);
      if (!(await status()).installed)
        throw new CliError(EXIT.failure, 'The service is not installed. Run: fettle-agent service install');
      await systemctl('reset-failed', AGENT); // a start by hand is not held up by the crashes before
      await systemctl('start', AGENT, SMART_TIMER);
    },
    stop: async () => {
      refuseOthers(root, uid);
      if ((await status()).installed) await systemctl('stop', AGENT, SMART_TIMER);
    },
  };
};

/** @throws CliError */
const refuseOthers = (root: string, uid: number | undefined): void => {
  refuseWithout(root);
  if (uid !== 0) throw new CliError(EXIT.failure, 'Only root may do this: put sudo before it.');
};

/** sd_booted(3) looks at this folder, too. @throws CliError */
const refuseWithout = (root: string): void => {
  if (existsSync(`${root}/run/systemd/system`)) return;
  throw new CliError(
    EXIT.failure,
    'systemd does not run this system. Let its own service manager start: fettle-agent run',
  );
};

/** @returns what it wrote. @throws CliError */
const ask = async (root: string, name: ProgramName, args: readonly string[]): Promise<string> => {
  refuseWithout(root);
  const path = findProgram(name, root);
  if (path === undefined) throw new CliError(EXIT.failure, `${name} is not installed.`);
  try {
    return (await runProgram(path, args, { timeoutMs: PATIENCE_MS, codes: [0] })).stdout;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    throw new CliError(
      EXIT.failure,
      `${error.message.replace(/\.$/, '')}. More: journalctl --unit ${AGENT} --lines 50`,
    );
  }
};

/** A package has brought its own; for any other folder they are written, and its user is made. @throws CliError */
const placeUnits = async ({ folder, configFile }: Installation, root: string): Promise<void> => {
  try {
    if (folder !== PACKAGE_FOLDER) await writeUnits(folder, root);
    if (configFile !== undefined) write(`${root}${DROP_INS}/config.conf`, configUnit(configFile));
    if (existsSync(`${root}${KERNEL_LOG}`)) write(`${root}${DROP_INS}/kernel-log.conf`, kernelLogUnit(KERNEL_LOG));
  } catch (error) {
    if (error instanceof HostError)
      throw new CliError(EXIT.failure, [error.message, error.fix ?? []].flat().join('; '));
    if (codeOf(error) === '') throw error;
    throw new CliError(EXIT.failure, `The service's unit cannot be written: ${messageOf(error)}`);
  }
};

const writeUnits = async (folder: string, root: string): Promise<void> => {
  const problem = folderProblem(folder) ?? missingIn(folder, root);
  if (problem !== undefined) throw new CliError(EXIT.failure, `${problem}.`);
  for (const name of PROGRAMS) await refuseForeign(join(root, folder, name));
  const textOf = (unit: string): string => readFileSync(join(root, folder, 'systemd', unit), 'utf8');
  const texts = UNITS.map((unit) => [unit, unitFor(textOf(unit), folder)] as const);
  await ask(root, 'systemd-sysusers', ['--inline', 'u fettle - "Fettle agent" /var/lib/fettle']);
  for (const [unit, text] of texts) write(`${root}${OWN_UNITS}/${unit}`, text);
};

const missingIn = (folder: string, root: string): string | undefined => {
  const missing = PROGRAMS.find((name) => !existsSync(join(root, folder, name)));
  return missing && `${join(folder, missing)} is missing: ${folder} is no complete installation`;
};

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
};
