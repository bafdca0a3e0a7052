// Whoever started this child and speaks to it over its standard input: its end is the child's, and of all that the child has started.
import { createInterface } from 'node:readline';

import { EXIT } from './exit.ts';

export type Asker = {
  /** The first line that it says; undefined where it says none. */
  readonly said: string | undefined;
  readonly gone: Promise<void>;
  /** It is not listened to any more. */
  readonly leave: () => void;
};

export const listenToAsker = async (): Promise<Asker> => {
  const lines = createInterface({ input: process.stdin });
  const gone = new Promise<undefined>((resolve) => void lines.once('close', () => resolve(undefined)));
  const said = await Promise.race([new Promise<string>((resolve) => void lines.once('line', resolve)), gone]);
  const leave = (): void => {
    lines.close();
    process.stdin.destroy();
  };
  return { said, gone, leave };
};

/** What it started is in the group that it leads. Started by hand it may lead none, and then there is nothing to end. */
export const endGroup = (): void => {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(EXIT.ok);
  }
};
