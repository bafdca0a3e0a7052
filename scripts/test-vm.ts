// `npm run test:vm`: the agent on hardware that a build machine lacks, in a virtual machine with the kernel's real drivers: NVMe and
// SATA disks, a mirror that loses a disk, a laptop's battery and a zone that warms. Ends with 0 when all was read as it should
// be, with 1 when not, with 2 when this machine cannot run it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { MINUTE_MS } from '@fettle/shared/time';

import { buildAgent } from './build/agent.ts';
import { MissingError } from './debian/missing-error.ts';
import { type Answer, answerSchema } from './vm/answer.schema.ts';
import { type Check, checksOf, isRight } from './vm/checks.ts';
import { Guest, GuestError } from './vm/guest.ts';
import { AGENT_FOLDER, writeInitramfs } from './vm/initramfs.ts';
import { INITRAMFS, laptop } from './vm/laptop.ts';
import { type Parts, bringParts } from './vm/parts.ts';
import { type Step, story } from './vm/story.ts';

const DEADLINE_MS = 10 * MINUTE_MS;
const CACHE = join(dirname(import.meta.dirname), '.toolchain-vm');
const [WRONG, MISSING] = [1, 2] as const;

const main = async (): Promise<void> => {
  const parts = bringParts(CACHE);
  await buildAgent();
  const folder = mkdtempSync(join(tmpdir(), 'fettle-vm-'));
  try {
    report(await withGuest(folder, parts));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const withGuest = async (folder: string, parts: Parts): Promise<Played> => {
  const interrupt = (): void => guest.stop('it was interrupted');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  writeInitramfs(join(folder, INITRAMFS), parts);
  const guest = new Guest(laptop(folder, parts), parts);
  const late = (): void => guest.stop(`it was not done within ${DEADLINE_MS / MINUTE_MS} minutes`);
  const deadline = setTimeout(late, DEADLINE_MS - performance.now());
  try {
    return await play(guest);
  } finally {
    clearTimeout(deadline);
    await guest.stopped();
  }
};

type Played = { readonly bootS: number; readonly checks: readonly Check[] };

const play = async (guest: Guest): Promise<Played> => {
  const beganMs = performance.now();
  await guest.ready();
  const bootS = seconds(performance.now() - beganMs);
  const checks: Check[] = [];
  for (const step of story) {
    const found = await playStep(guest, step);
    process.stdout.write(`${step.name}\n${found.map(lineOf).join('\n')}\n`);
    checks.push(...found);
  }
  return { bootS, checks };
};

const playStep = async (guest: Guest, step: Step): Promise<readonly Check[]> => {
  for (const command of step.commands) await guest.run(command);
  for (const [device, property, value] of step.devices ?? []) await guest.set(device, property, value);
  const collect = `node /${AGENT_FOLDER}/agent.js collect --once ${step.collectors.join(' ')} --json`;
  // with 1 a collector failed, and the answer says which
  return checksOf(answerOf(await guest.run(`${collect} || [ $? = 1 ]`)), step.wanted);
};

const answerOf = (text: string): Answer => {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new GuestError(`The agent's answer is none: ${String(error)}\n${text}`);
  }
};

const lineOf = (check: Check): string => {
  const { what, wanted, found } = check;
  return isRight(check)
    ? `  ok      ${what.padEnd(58)} ${found}`
    : `  FAILED  ${what.padEnd(58)} ${found}, not ${wanted}`;
};

const report = ({ bootS, checks }: Played): void => {
  const failed = checks.filter((check) => !isRight(check)).length;
  const figures = { steps: story.length, checks: checks.length, failed, boot_s: bootS, s: seconds(performance.now()) };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (failed > 0) process.exitCode = WRONG;
};

const seconds = (ms: number): number => Number((ms / 1000).toFixed(1));

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingError || error instanceof GuestError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof MissingError ? MISSING : WRONG;
}
