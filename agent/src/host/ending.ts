// Why the agent is told to stop: the machine goes down, or somebody wants just that.
import { findProgram } from './programs.ts';
import { runProgram } from './run-program.ts';

/** The machine waits for us meanwhile, and not for long. */
const PATIENCE_MS = 1_000;
/** `systemctl list-jobs`, a job a line: number, unit, kind, state. */
const JOBS = ['list-jobs', '--no-legend', '--plain', '--no-pager'] as const;

/** @param root what "/" is. Where nobody can say, it is a stop. */
export const endingOf = async (root = ''): Promise<'stop' | 'shutdown' | 'reboot'> => {
  const path = findProgram('systemctl', root);
  if (path === undefined) return 'stop';
  try {
    const { stdout } = await runProgram(path, JOBS, { timeoutMs: PATIENCE_MS, codes: [0] });
    return endingIn(stdout);
  } catch {
    return 'stop';
  }
};

/** The targets that end a boot: systemd.special(7). `shutdown.target` is on the way to each of them. */
const RESTARTS = /^\s*\d+\s+(?:reboot|kexec|soft-reboot)\.target\s+start\s/m;
const ENDS = /^\s*\d+\s+(?:poweroff|halt|shutdown)\.target\s+start\s/m;

const endingIn = (jobs: string): 'stop' | 'shutdown' | 'reboot' => {
  if (RESTARTS.test(jobs)) return 'reboot';
  return ENDS.test(jobs) ? 'shutdown' : 'stop';
};
