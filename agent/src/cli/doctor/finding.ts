// One thing that the doctor looked at: how it is, and what a person can do about it.
import { table } from '../exit.ts';

/** `warn`: it works, and could be better. `fail`: it needs a person. */
export type Level = 'ok' | 'warn' | 'fail';

export type Finding = {
  readonly level: Level;
  readonly about: string;
  readonly text: string;
  readonly fix?: string;
};

export const ok = (about: string, text: string): Finding => ({ level: 'ok', about, text });
export const warn = (about: string, text: string, fix?: string): Finding => withFix('warn', { about, text }, fix);
export const fail = (about: string, text: string, fix?: string): Finding => withFix('fail', { about, text }, fix);

const withFix = (level: Level, rest: Omit<Finding, 'level' | 'fix'>, fix: string | undefined): Finding => ({
  level,
  ...rest,
  ...(fix !== undefined && { fix }),
});

/** One line for each. */
export const linesOf = (findings: readonly Finding[]): readonly string[] =>
  table(findings.map(({ level, about, text, fix }) => [level, about, fix === undefined ? text : `${text} → ${fix}`]));
