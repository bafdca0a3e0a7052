// What the server's mark of a lane means for the agent. Both sides remember how far the lane has come; where they differ, one of
// them went back in time: a restored server, a machine put back to a snapshot, a disk that was cloned.
import type { LaneNumbers, Renewal } from './outbox.ts';

/** The last record of a lane that is on the server's disk; `hash` is of wire/record-hash, "" where it is not known. */
export type Mark = { readonly epoch: string; readonly seq: number; readonly hash: string };

export type MarkDecision =
  /** `note`: for a person, where the server has gone back. */
  | { readonly do: 'go on'; readonly after: number; readonly note?: string }
  /** A new epoch: this one cannot be gone on with. */
  | { readonly do: 'renew'; readonly what: Renewal; readonly note: string };

/** @param ownHash of our record at the mark, undefined where it is not kept, or is not the same as when it was sent */
export const decideMark = (mark: Mark | null, lane: LaneNumbers, ownHash: string | undefined): MarkDecision => {
  if (mark?.epoch !== lane.epoch) return unknownEpoch(lane);
  const { seq, hash } = mark;
  if (seq >= lane.nextSeq) {
    const note = `the server is ahead: it has record ${seq}, the next here is ${lane.nextSeq}`;
    return { do: 'renew', what: 'unacked', note };
  }
  if (hash !== '' && ownHash !== undefined && hash !== ownHash) {
    return { do: 'renew', what: 'unacked', note: `the server has another record ${seq}` };
  }
  if (seq >= lane.acked) return { do: 'go on', after: seq };
  return { do: 'go on', after: seq, note: `the server has gone back from record ${lane.acked} to ${seq}` };
};

const unknownEpoch = ({ acked }: LaneNumbers): MarkDecision =>
  acked === 0
    ? { do: 'go on', after: 0 }
    : { do: 'renew', what: 'kept', note: `the server has forgotten all ${acked} records of this numbering` };
