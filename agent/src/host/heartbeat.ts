// Tells the host that started this process (agent/packaging) that it is well. Silence for half a minute, and it starts another one.
import { writeSync } from 'node:fs';

const EVERY_MS = 5_000;

/** At once and from then on, as long as this process turns. @param env FETTLE_HOST_PIPE: the number of the pipe; absent where nobody listens */
export const startHeartbeat = (env: NodeJS.ProcessEnv, isWell: () => boolean): void => {
  const [, digits] = /^(\d{1,4})$/.exec(env['FETTLE_HOST_PIPE'] ?? '') ?? [];
  if (digits === undefined) return;
  const beat = (): void => {
    if (isWell()) write(Number(digits));
  };
  beat();
  setInterval(beat, EVERY_MS).unref();
};

/** A host that is gone, or does not read for a while, is none of our business. */
const write = (pipe: number): void => {
  try {
    writeSync(pipe, '.');
  } catch {
    // it would restart us, were it there
  }
};
