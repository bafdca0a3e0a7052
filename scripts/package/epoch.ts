// The one time of everything in a package: the last commit's, so that the same commit makes the same bytes on any day.
import { runTool } from './tools.ts';

const GIT = { program: 'git', debian: 'git' };

/** Seconds since 1970. SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch) goes first. @throws Error that says what to set */
export const epochOf = async (root: string, env: NodeJS.ProcessEnv): Promise<number> => {
  const text = env['SOURCE_DATE_EPOCH'] ?? (await lastCommit(root));
  const epochS = Number(text);
  if (/^\d{1,11}$/.test(text)) return epochS;
  throw new Error(`SOURCE_DATE_EPOCH is "${text}": seconds since 1970 are wanted.`);
};

const lastCommit = async (root: string): Promise<string> => {
  try {
    return (await runTool(GIT, ['-C', root, 'log', '-1', '--format=%ct'])).trim();
  } catch (error) {
    throw new Error('Without git, SOURCE_DATE_EPOCH must say of when this is: seconds since 1970.', { cause: error });
  }
};
