// Where a record stands in its lane: the next one, one that has taken effect before, or one whose predecessor is not here.

/** The last record of a lane that is durable. */
export type Mark = { readonly epoch: string; readonly seq: number };

export type Place = {
  readonly epoch: string;
  /** The first record that it stands for: its own seq but for a gap. */
  readonly from: number;
  readonly seq: number;
};

/** A mark must not pass a record that is not here: after a failed group the next one can still be on its way. */
export const placeOf = (mark: Mark | undefined, { epoch, from, seq }: Place): 'next' | 'duplicate' | 'early' => {
  const last = mark?.epoch === epoch ? mark.seq : 0;
  if (seq <= last) return 'duplicate';
  return from <= last + 1 ? 'next' : 'early';
};
