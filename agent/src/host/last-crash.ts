// What the host that starts the agent (agent/packaging) left of a run that ended unasked, for the next one to tell.
import type { Crash } from '@fettle/shared/wire/agent-message.schema';

import type { Fs } from './fs.ts';
import { crashFile } from './last-crash.schema.ts';

export type LastCrash = {
  readonly crash: Crash;
  /** It was told. */
  readonly forget: () => Promise<void>;
};

/** @returns undefined where there was none, or none that can be read: nothing depends on it */
export const lastCrashIn = async (fs: Pick<Fs, 'read' | 'remove'>, path: string): Promise<LastCrash | undefined> => {
  const crash = parseCrash((await fs.read(path).catch(() => undefined)) ?? '');
  return crash && { crash, forget: () => fs.remove(path) };
};

/** {"version":1,"at":1790000000000,"how":"signal","code":11} */
const parseCrash = (text: string): Crash | undefined => {
  try {
    const { data } = crashFile.safeParse(JSON.parse(text));
    return data && { at: data.at, how: data.how, code: data.code };
  } catch {
    return undefined;
  }
};
