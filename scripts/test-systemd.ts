// `npm run test:systemd`: the agent as a service of a real systemd, in a virtual machine of its own: installed, killed, stuck,
// crashing, upgraded. Ends with 0 when all was as it should be, with 1 when not, with 2 when this machine cannot run it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { MINUTE_MS } from '@fettle/shared/time';

import { buildAgent } from './build/agent.ts';
import { MissingError } from './debian/missing-error.ts';
import { THIS_MACHINE, machineIn } from './systemd/machine.ts';
import { Server } from './systemd/server.ts';
import { type Stage, story } from './systemd/story.ts';
import { type Check, isRight, lineOf } from './vm/checks.ts';
import { Guest, GuestError } from './vm/guest.ts';
import { bringParts } from './vm/parts.ts';

const DEADLINE_MS = 30 * MINUTE_MS;
const ROOT = dirname(import.meta.dirname);
const [WRONG, MISSING] = [1, 2] as const;

const main = async (): Promise<void> => {
  const parts = bringParts(join(ROOT, '.toolchain-vm'));
  await buildAgent();
  const folder = mkdtempSync(join(tmpdir(), 'fettle-systemd-'));
  const server = new Server(join(folder, 'server'), THIS_MACHINE);
  mkdirSync(join(folder, 'server'));
  const guest = new Guest(machineIn(folder, parts, join(ROOT, '.toolchain-systemd')), parts);
  const interrupt = (): void => guest.stop('it was interrupted');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const deadline = setTimeout(
    () => guest.stop(`it was not done within ${DEADLINE_MS / MINUTE_MS} minutes`),
    DEADLINE_MS,
  );
  try {
    await server.start();
    report(await play({ guest, server }));
  } finally {
    clearTimeout(deadline);
    await guest.stopped();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Played = { readonly bootS: number; readonly checks: readonly Check[] };

const play = async (stage: Stage): Promise<Played> => {
  await stage.guest.ready();
  const bootS = seconds();
  const checks: Check[] = [];
  for (const step of story) {
    const found = await step.play(stage);
    process.stdout.write(`${step.name} (${seconds()} s)\n${found.map(lineOf).join('\n')}\n`);
    checks.push(...found);
  }
  return { bootS, checks };
};

const report = ({ bootS, checks }: Played): void => {
  const failed = checks.filter((check) => !isRight(check)).length;
  process.stdout.write(
    `${JSON.stringify({ steps: story.length, checks: checks.length, failed, boot_s: bootS, s: seconds() })}\n`,
  );
  if (failed > 0) process.exitCode = WRONG;
};

const seconds = (): number => Math.round(performance.now() / 1000);

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingError || error instanceof GuestError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof MissingError ? MISSING : WRONG;
}
