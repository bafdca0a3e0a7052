// What is known of one backup, whatever made it.

/** As the states of `fettle.backup.state`. */
export const backupStates = { ok: 0, failed: 1, never: 2, 'too small': 3 } as const;
export type BackupState = keyof typeof backupStates;

/** `goodMs`: when the last good one was made; `bytes` of it. Absent: not known. */
export type BackupOutcome = {
  readonly state: BackupState;
  readonly goodMs?: number;
  readonly bytes?: number;
};

/** One backup that is there, as a repository or a folder has it. */
export type Made = { readonly atMs: number; readonly bytes?: number };

/** @param minBytes what is smaller is no backup; what has no known size passes */
export const outcomeOf = (all: readonly Made[], minBytes = 0): BackupOutcome => {
  const newestFirst = all.toSorted((one, other) => other.atMs - one.atMs);
  const isGood = ({ bytes = minBytes }: Made) => bytes >= minBytes;
  const [newest] = newestFirst;
  if (!newest) return { state: 'never' };
  const good = newestFirst.find(isGood);
  return {
    state: isGood(newest) ? 'ok' : 'too small',
    ...(good && { goodMs: good.atMs, ...(good.bytes !== undefined && { bytes: good.bytes }) }),
  };
};
