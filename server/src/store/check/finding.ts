/** What a check found. `bad`: something is lost or will be, and a person must act. `note`: worth knowing. */
export type Finding = {
  readonly level: 'ok' | 'note' | 'bad';
  /** What was looked at: "fettle.db, pages". */
  readonly what: string;
  readonly message: string;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: string;
  /** A matter of the file itself, and not of what is said in it: a copy of it cannot be restored. */
  readonly isDamage?: true;
};

export const ok = (what: string, message = 'ok'): Finding => ({ level: 'ok', what, message });

export const bad = (what: string, message: string, advice: string): Finding => ({
  level: 'bad',
  what,
  message,
  advice,
});

export const damaged = (what: string, message: string, advice: string): Finding => ({
  ...bad(what, message, advice),
  isDamage: true,
});

export const isBad = ({ level }: Finding): boolean => level === 'bad';
