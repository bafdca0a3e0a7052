/** What became of broken input. `crashes` names each. */
export type Tally = {
  accepted: number;
  poisoned: number;
  refused: number;
  unknown: number;
  readonly crashes: string[];
};

/** Without the crashes. */
export const countsOf = ({ accepted, poisoned, refused, unknown }: Tally) => ({ accepted, poisoned, refused, unknown });

export const newTally = (): Tally => ({ accepted: 0, poisoned: 0, refused: 0, unknown: 0, crashes: [] });

/** @param what that a person can try again by */
export const noteCrash = ({ crashes }: Tally, what: string, error: unknown): void => {
  if (crashes.length < 20) crashes.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
};
