// Where a record stands in its lane: the next one, one that has taken effect before, or one whose predecessor is not here.

/** The last record of a lane that is durable. `hash` as `recordHash` has it, "" where it is not known: it could not be read, or an older version of this program took it. */
export type Mark = { readonly epoch: string; readonly seq: number; readonly hash: string };

export type Place = {
  readonly epoch: string;
  /** The first record that it stands for: its own seq but for a gap. */
  readonly from: number;
  readonly seq: number;
};

/** The last record of an epoch that is durable, 0 for none. */
export const lastIn = (mark: Pick<Mark, 'epoch' | 'seq'> | undefined, epoch: string): number =>
  mark?.epoch === epoch ? mark.seq : 0;

/** A mark must not pass a record that is not here: after a failed group the next one can still be on its way. */
export const placeOf = (
  mark: Omit<Mark, 'hash'> | undefined,
  { epoch, from, seq }: Place,
): 'next' | 'duplicate' | 'early' => {
  const last = lastIn(mark, epoch);
  if (seq <= last) return 'duplicate';
  return from <= last + 1 ? 'next' : 'early';
};
