// What sc.exe answers: its labels are in the language of Windows, its numbers and constants are not.
import type { ServiceStatus } from './service.ts';

/** SERVICE_STATUS of winsvc.h, dwCurrentState. */
const states: Readonly<Record<number, ServiceStatus['state']>> = {
  1: 'stopped',
  2: 'starting',
  3: 'stopping',
  4: 'running',
};
/** ERROR_SERVICE_NEVER_STARTED: what a service has before its first start. */
const NEVER_STARTED = 1077;

/** @param queried of `sc queryex`. @param configured of `sc qc`; both "" where there is no such service */
export const scStatusOf = (queried: string, configured: string): ServiceStatus => {
  // type, state, exit code, the service's own exit code, process
  const [, state = 1, exitCode = 0, , pid = 0] = numbersIn(queried);
  return {
    manager: 'Windows',
    installed: queried !== '',
    enabled: /\bAUTO_START\b/.test(configured),
    state: states[state] ?? 'running', // of the paused ones
    ...(pid > 0 && { pid }),
    ...(exitCode > 0 && exitCode !== NEVER_STARTED && { detail: `it ended with error ${exitCode}` }),
  };
};

/** Those in decimal digits behind "LABEL :", in their order; the type's are hexadecimal, and of no use here. */
const numbersIn = (text: string): readonly number[] =>
  text.split('\n').flatMap((line) => {
    const [, digits] = /^\s*[^:]+:\s*(\d+)(?:\s|$)/.exec(line) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
