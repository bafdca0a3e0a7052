// The child's side of checks-child.ts: reads what is to be looked at as one line, looks at it again and again, and writes a line
// for each look. It ends with its standard input, and takes what it started along.

import type { CheckLine } from '../collect/checks/check-line.schema.ts';
import { checksOf } from '../collect/checks/check.ts';
import { createLook } from '../collect/checks/look.ts';
import { startRounds } from '../collect/checks/rounds.ts';
import { parseJson } from '../collect/json.parse.ts';
import { checks as declaredChecks } from '../config/checks.schema.ts';
import { NOTHING_DECLARED } from '../config/config.ts';
import { checkHost } from '../host/check-host.ts';
import { childHost } from '../host/child-host.ts';
import { systemClock } from '../host/clock.ts';
import { nodeHost } from '../host/node.ts';
import { endGroup, listenToAsker } from './asker.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';

export const checks = async (): Promise<ExitCode> => {
  const { said, gone } = await listenToAsker();
  const declared = declaredChecks.safeParse(parseJson(said ?? ''));
  if (!declared.success) throw new CliError(EXIT.usage, 'This verb is for the agent itself.');
  const host = hostOf();
  const look = createLook(host, systemClock);
  const stop = startRounds({ checks: checksOf(declared.data), clock: systemClock, look, tell });
  await gone;
  stop();
  endGroup();
  return EXIT.ok;
};

const tell = (line: CheckLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const hostOf = () => {
  const memory = { read: () => undefined, write: () => undefined };
  return checkHost(
    childHost(nodeHost({ clock: systemClock, declared: NOTHING_DECLARED, memory, probe: startNothing })),
  );
};

const startNothing = () => Promise.reject(new Error('a child starts no child'));
