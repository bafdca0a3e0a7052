// The programs of this machine that packages are made with, each with the Debian package that has it.
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { messageOf } from '@fettle/shared/error';
import { z } from 'zod';

import { MissingError } from '../debian/missing-error.ts';

export type Tool = { readonly program: string; readonly debian: string };

const execute = promisify(execFile);
const outputSchema = z.object({ stdout: z.string().catch(''), stderr: z.string().catch('') });

const OUTPUT_BYTES = 64 * 1024 * 1024;
const TOOL_MS = 600_000;

/** All at once, before anything is made: nobody wants to hear of the next one after two minutes. @throws MissingError */
export const requireTools = (tools: readonly Tool[]): void => {
  const missing = tools.filter(({ program }) => !isOnPath(program));
  if (missing.length === 0) return;
  const programs = [...new Set(missing.map(({ program }) => program))].join(', ');
  const packages = [...new Set(missing.map(({ debian }) => debian))].join(' ');
  throw new MissingError(`Missing: ${programs}. On Debian: apt-get install ${packages}`);
};

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => isProgram(join(folder, program)));

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export type RunOptions = {
  readonly cwd?: string;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
};

/** In the C locale and UTC, so that no setting of this machine shows in what is made. @returns stdout. @throws Error with what the tool said */
export const runTool = async (
  { program }: Tool,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> => {
  try {
    const { stdout } = await execute(program, [...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...options.env },
      maxBuffer: OUTPUT_BYTES,
      timeout: TOOL_MS,
    });
    return stdout;
  } catch (error) {
    throw new Error(`${program} failed: ${saidBy(error)}`, { cause: error });
  }
};

const saidBy = (error: unknown): string => {
  const { stdout, stderr } = outputSchema.parse(error);
  return `${stdout}${stderr}`.trim() || messageOf(error);
};
