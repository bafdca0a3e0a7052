// A segment is a file of a lane's folder: `serial-first.seg`, or `serial-first.thin.seg` when it was thinned. The serial is its place
// among the others; the first position stands in the name so that a start need not read what lies between.

export type Span = { readonly from: number; readonly position: number };

export type Segment = {
  readonly serial: number;
  readonly first: number;
  readonly isThinned: boolean;
  readonly path: string;
  /** Of it in the file, as far as it is known to be on the disk. */
  bytes: number;
  /** What in it was a gap already when it came: it is not dropped a second time. */
  readonly gaps: Span[];
};

const NAME = /^(?<serial>\d{12})-(?<first>\d{15})(?<thin>\.thin)?\.seg$/;
export const UNFINISHED = '.new';

export const pathOf = (folder: string, { serial, first, isThinned }: Pick<Segment, 'serial' | 'first' | 'isThinned'>) =>
  `${folder}/${String(serial).padStart(12, '0')}-${String(first).padStart(15, '0')}${isThinned ? '.thin' : ''}.seg`;

/** @returns undefined for a file that is none of ours */
export const segmentOf = (folder: string, name: string, bytes: number): Segment | undefined => {
  const groups = NAME.exec(name)?.groups;
  if (!groups) return undefined;
  const { serial, first, thin } = groups;
  return {
    serial: Number(serial),
    first: Number(first),
    isThinned: thin !== undefined,
    path: `${folder}/${name}`,
    bytes,
    gaps: [],
  };
};
