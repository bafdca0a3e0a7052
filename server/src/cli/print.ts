import type { Arguments } from './arguments.ts';

/** On standard output: for programs by --json, else for people. */
export const print = ({ switches }: Pick<Arguments, 'switches'>, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(`${switches.has('json') ? JSON.stringify(value) : lines.join('\n')}\n`);
};
