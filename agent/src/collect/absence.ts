import type { Reason } from '@fettle/shared/wire/record.schema';

import { UnavailableError } from './collector.ts';

/** Readings, a minute apart: what is given up is not looked for again for a day. */
const PATIENCE = 60;

/**
 * For what can be away for a while: a battery after a sleep, a backup's disk that is mounted at night.
 * @returns is told of each reading whether something was there
 * @throws UnavailableError with `reason`, from what it returns, when nothing was there for an hour
 */
export const createAbsence = (reason: Reason): ((isAny: boolean) => void) => {
  let inARow = 0;
  return (isAny) => {
    inARow = isAny ? 0 : inARow + 1;
    if (inARow >= PATIENCE) throw new UnavailableError(reason);
  };
};
