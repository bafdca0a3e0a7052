// The agent as a daemon of launchd: the plist that the package brought, or the same written for the folder it lies in.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf, messageOf } from '@fettle/shared/error';

import { type LaunchdJob, NO_SUCH_JOB, parseLaunchctlPrint } from '../../collect/mac/launchctl.parse.ts';
import { HostError, type Output } from '../../host/host.ts';
import { findProgram } from '../../host/programs.ts';
import { runProgram } from '../../host/run-program.ts';
import { refuseForeign } from '../../host/trusted-file.ts';
import { CliError, EXIT } from '../exit.ts';
import { LABEL, PLIST, plistFor, plistIn } from './launchd-plist.ts';
import { isDisabled, statusOf } from './launchd-status.ts';
import type { Installation, MakeServiceManager, ServiceManager } from './service.ts';

/** Longer than the plist gives the agent to end (ExitTimeOut). */
const STOP_MS = 20_000;
const PATIENCE_MS = 30_000;
const LOOK_MS = 250;
const DOMAIN = 'system';
const TARGET = `${DOMAIN}/${LABEL}`;
/** launchd of a job that is loaded already, or not yet gone: EALREADY, EINPROGRESS, and its own "in progress". */
const [OK, LOADED_ALREADY, IN_PROGRESS] = [0, 37, 36] as const;
const PROGRAMS = ['node', 'agent.js'] as const;

export const serviceManager: MakeServiceManager = (installation) =>
  serviceManagerAt(installation, '', process.getuid?.());

/** @param root what "/" is */
export const serviceManagerAt = (installation: Installation, root: string, uid: number | undefined): ServiceManager => {
  const launchctl = launchctlAt(root);
  const plist = `${root}${PLIST}`;
  const job = async (): Promise<LaunchdJob | undefined> => jobOf(await launchctl(['print', TARGET]));
  const unload = async (): Promise<void> => {
    if (!(await job())) return;
    await expect(launchctl(['bootout', TARGET]), [OK, IN_PROGRESS, NO_SUCH_JOB, 3]);
    await untilGone(job);
  };
  return {
    status: async () => {
      const disabled = isDisabled((await launchctl(['print-disabled', DOMAIN])).stdout, LABEL);
      return statusOf(await job(), { installed: existsSync(plist), enabled: !disabled });
    },
    install: async () => {
      refuseOthers(uid);
      await placePlist(installation, plist);
      await expect(launchctl(['enable', TARGET]), [OK]);
    },
    uninstall: async () => {
      refuseOthers(uid);
      await unload();
      rmSync(plist, { force: true });
    },
    start: async () => {
      refuseOthers(uid);
      if (!existsSync(plist))
        throw new CliError(EXIT.failure, 'The service is not installed. Run: fettle-agent service install');
      // what is loaded may be waiting after a crash: it is not held up by that
      if (await job()) await expect(launchctl(['kickstart', TARGET]), [OK, LOADED_ALREADY]);
      else await expect(launchctl(['bootstrap', DOMAIN, PLIST]), [OK, LOADED_ALREADY]);
    },
    stop: async () => {
      refuseOthers(uid);
      await unload();
    },
  };
};

/** @throws CliError */
const refuseOthers = (uid: number | undefined): void => {
  if (uid !== 0) throw new CliError(EXIT.failure, 'Only root may do this: put sudo before it.');
};

const launchctlAt =
  (root: string) =>
  async (args: readonly string[]): Promise<Output> => {
    const path = findProgram('launchctl', root);
    if (path === undefined) throw new CliError(EXIT.failure, 'launchctl is missing: launchd does not run this system.');
    try {
      return await runProgram(path, args, { timeoutMs: PATIENCE_MS });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      throw new CliError(EXIT.failure, error.message);
    }
  };

/** @throws CliError with what launchctl said */
const expect = async (answer: Promise<Output>, codes: readonly number[]): Promise<void> => {
  const { code, stderr, stdout } = await answer;
  if (codes.includes(code)) return;
  const said = (stderr.trim() || stdout.trim()).split('\n')[0] ?? '';
  throw new CliError(
    EXIT.failure,
    `launchctl ended with ${code}: ${said}. More: log show --last 5m --predicate 'process == "launchd"'`,
  );
};

/** @throws CliError for an answer that is none */
const jobOf = ({ code, stdout, stderr }: Output): LaunchdJob | undefined => {
  if (code === NO_SUCH_JOB) return undefined;
  const job = code === OK ? parseLaunchctlPrint(stdout) : undefined;
  if (job) return job;
  throw new CliError(
    EXIT.failure,
    `launchctl print ${TARGET} was not understood: ${(stderr || stdout).trim().slice(0, 200)}`,
  );
};

/** launchctl may answer before the job has ended. @throws CliError */
const untilGone = async (job: () => Promise<LaunchdJob | undefined>): Promise<void> => {
  const deadlineMs = performance.now() + STOP_MS;
  while (await job()) {
    if (performance.now() > deadlineMs)
      throw new CliError(
        EXIT.failure,
        `The agent did not end within ${STOP_MS / 1000} s. See: launchctl print ${TARGET}`,
      );
    await sleep(LOOK_MS);
  }
};

/** @throws CliError */
const placePlist = async ({ folder, configFile }: Installation, plist: string): Promise<void> => {
  const template = plistIn(folder);
  const missing = [...PROGRAMS.map((name) => join(folder, name)), template].find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new CliError(EXIT.failure, `${missing} is missing: ${folder} is no complete installation.`);
  try {
    for (const name of PROGRAMS) await refuseForeign(join(folder, name));
    mkdirSync(dirname(plist), { recursive: true });
    writeFileSync(plist, plistFor(readFileSync(template, 'utf8'), folder, configFile), { mode: 0o644 });
  } catch (error) {
    if (error instanceof HostError)
      throw new CliError(EXIT.failure, [error.message, error.fix ?? []].flat().join('; '));
    if (codeOf(error) === '') throw error;
    throw new CliError(EXIT.failure, `${plist} cannot be written: ${messageOf(error)}`);
  }
};
