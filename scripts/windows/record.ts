// The transcript: what was done, what was looked at, and what was found there.

export type Record = {
  readonly step: (name: string) => void;
  readonly see: (what: string, found: unknown, wanted: unknown) => void;
  /** The same where many texts are right. */
  readonly seeLike: (what: string, found: string, wanted: RegExp) => void;
  readonly count: () => { readonly checks: number; readonly failed: number };
};

/** @param write takes each line */
export const recordTo = (write: (line: string) => void): Record => {
  let [checks, failed] = [0, 0];
  const say = (what: string, found: string, isRight: boolean, wanted: string): void => {
    checks += 1;
    if (!isRight) failed += 1;
    write(`  ${isRight ? 'ok    ' : 'FAILED'}  ${what.padEnd(62)} ${found}${isRight ? '' : `, not ${wanted}`}`);
  };
  return {
    step: (name) => write(name),
    see: (what, found, wanted) => say(what, String(found), String(found) === String(wanted), String(wanted)),
    seeLike: (what, found, wanted) => say(what, found, wanted.test(found), String(wanted)),
    count: () => ({ checks, failed }),
  };
};
