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

/** SERVICE_AUTO_START. */
const BY_ITSELF = /^\s*Start\s+REG_DWORD\s+0x2\s*$/m;

/** @param queried of `sc query`. @param registered of `reg query` of its key; both "" where there is no such service */
export const scStatusOf = (queried: string, registered: string): ServiceStatus => {
  // type, state, exit code
  const [, state = 1, exitCode = 0] = numbersIn(queried);
  return {
    manager: 'Windows',
    installed: registered !== '',
    enabled: BY_ITSELF.test(registered),
    state: states[state] ?? 'running', // of the paused ones
    ...(exitCode > 0 && exitCode !== NEVER_STARTED && { detail: `it ended with error ${exitCode}` }),
  };
};

/** Those in decimal digits behind "LABEL :", in their order; the type's are hexadecimal, and of no use here. */
const numbersIn = (text: string): readonly number[] =>
  text.split('\n').flatMap((line) => {
    const [, digits] = /^\s*[^:]+:\s*(\d+)(?:\s|$)/.exec(line) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
