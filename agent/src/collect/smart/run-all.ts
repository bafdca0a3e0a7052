// Everything that smartctl has to say here, once: for the reader that may ask the disks, in place of the agent that judges them.
import { MINUTE_MS } from '@fettle/shared/time';
import type { ReasonCode } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { ASLEEP } from './answer.parse.ts';
import { READ_MS, readArguments } from './ask.ts';
import { kernelView } from './kernel.ts';
import { parseScan } from './scan.parse.ts';
import { SCAN_ARGUMENTS, SCAN_MS } from './scan.ts';
import { type Target, targetsOf } from './targets.ts';

export type Run = {
  readonly args: readonly string[];
  readonly answer:
    | { readonly code: number; readonly stdout: string }
    | { readonly failed: ReasonCode; readonly detail: string };
};

/** Room for the last disk before fettle-smart.service is ended. */
const LAST_BEGIN_MS = 4 * MINUTE_MS;

/** One disk after the other. A disk asleep is never woken, unless the administrator says so or nothing turns in it. */
export const runAll = async (host: ChildHost): Promise<readonly Run[]> => {
  const beganMs = host.uptimeMs();
  const scan = await ask(host, SCAN_ARGUMENTS, SCAN_MS);
  const found = 'stdout' in scan.answer ? parseScan(scan.answer.stdout) : [];
  const targets = 'code' in found ? [] : targetsOf(found, host.declared.disk);
  const runs = [scan];
  for (const target of targets.filter(({ problem }) => problem === undefined)) {
    const isLate = host.uptimeMs() - beganMs > LAST_BEGIN_MS;
    runs.push(isLate ? notAsked(target) : await askDisk(host, target));
  }
  return runs;
};

const askDisk = async (host: ChildHost, target: Target): Promise<Run> => {
  const run = await ask(host, readArguments(target), READ_MS);
  const isAsleep = 'code' in run.answer && run.answer.code === ASLEEP;
  if (!isAsleep || target.mayWake || !kernelView(host, target.device).isSolid) return run;
  return ask(host, readArguments({ ...target, mayWake: true }), READ_MS);
};

const ask = async (host: ChildHost, args: readonly string[], timeoutMs: number): Promise<Run> => {
  try {
    const { code, stdout } = await host.run('smartctl', args, { timeoutMs });
    return { args, answer: { code, stdout } };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { args, answer: { failed: error.code, detail: error.message } };
  }
};

const notAsked = (target: Target): Run => ({
  args: readArguments(target),
  answer: { failed: 'timeout', detail: `${target.device} was not asked: the disks before it took too long` },
});
