import { type Finding, isBad } from '../store/check/finding.ts';
import { type Arguments, EXIT } from './arguments.ts';

type Switched = Pick<Arguments, 'switches'>;

/** On standard output: for programs by --json, else for people. */
export const print = ({ switches }: Switched, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(`${switches.has('json') ? JSON.stringify(value) : lines.join('\n')}\n`);
};

/** @returns the exit code: whether a person must act */
export const printFindings = (args: Switched, folder: string, findings: readonly Finding[]): number => {
  const lines = findings.map(
    ({ level, what, message, advice }) =>
      `${level.padEnd(4)}  ${what}: ${message}${advice === undefined ? '' : `\n      ${advice}`}`,
  );
  print(args, { folder, ok: !findings.some(isBad), findings }, lines);
  return findings.some(isBad) ? EXIT.failure : EXIT.ok;
};
