// A segment of the agent's spool, cut off at every byte and with every bit turned: what is read from it was written, and what was not
// harmed is read.
import { type Frame, encodeFrame, framesOf, type FoundFrame } from '@fettle/agent/spool/disk/frame';

const LANE = 'alerts';
const AT = 1_763_856_000_000;

/** Of records as the agent writes them, some with what looks like the beginning of another. */
const segmentOf = (bytes: number): Uint8Array => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let position = 1; length < bytes; position += 1) {
    const body = JSON.stringify({
      kind: 'suspended',
      at: AT,
      forMs: position,
      filler: 'x'.repeat((position * 37) % 700),
    });
    const tail = position % 5 === 0 ? Uint8Array.of(0xff, 0xf5, 3, 1, 0, 0) : new Uint8Array();
    const payload = Uint8Array.from([...Buffer.from(body), ...tail]);
    const frame: Frame = { kind: 'data', from: position, position, atMs: AT + position, monoMs: position, payload };
    parts.push(encodeFrame(LANE, frame));
    length += parts.at(-1)?.length ?? 0;
  }
  return Uint8Array.from(Buffer.concat(parts).subarray(0, bytes));
};

const nameOf = ({ frame, at }: FoundFrame): string =>
  `${at} ${frame.kind} ${frame.from} ${frame.position} ${frame.atMs} ${frame.monoMs} ${Buffer.from(frame.payload).toString('latin1')}`;

/** @returns how often it was read harmed, and what was wrong */
export const breakSegment = (bytes: number): { readonly cases: number; readonly wrong: readonly string[] } => {
  const segment = segmentOf(bytes);
  const whole = framesOf(LANE, segment);
  const wrong = [...cutOff(segment, whole), ...turned(segment, whole)];
  return { cases: segment.length + 8 * segment.length, wrong };
};

const cutOff = (segment: Uint8Array, whole: readonly FoundFrame[]): readonly string[] => {
  const wrong: string[] = [];
  for (let end = 0; end < segment.length; end += 1) {
    // what lies a frame or more before the cut is as it was: only around it can anything be read wrongly
    const near = whole.filter((found) => found.at > end - 4_096 && found.at <= end);
    const from = near[0]?.at ?? end;
    const found = framesOf(LANE, segment.subarray(from, end)).map((one) => nameOf({ ...one, at: one.at + from }));
    const expected = near.filter((one) => one.end <= end).map(nameOf);
    if (found.join('\n') !== expected.join('\n')) wrong.push(`cut off at byte ${end}`);
  }
  return wrong;
};

const turned = (segment: Uint8Array, whole: readonly FoundFrame[]): readonly string[] => {
  const wrong: string[] = [];
  for (const [index, harmed] of whole.entries()) {
    const [before, after] = [whole[index - 1], whole[index + 1]];
    const [from, to] = [(before ?? harmed).at, (after ?? harmed).end];
    const part = segment.slice(from, to);
    const expected = [before, after].flatMap((one) => (one ? nameOf(one) : [])).join('\n');
    for (let bit = (harmed.at - from) * 8; bit < (harmed.end - from) * 8; bit += 1) {
      const place = Math.floor(bit / 8);
      part[place] = (part[place] ?? 0) ^ (1 << (bit % 8));
      const found = framesOf(LANE, part).map((one) => nameOf({ ...one, at: one.at + from }));
      if (found.join('\n') !== expected) wrong.push(`bit ${bit % 8} of byte ${from + place}`);
      part[place] = (part[place] ?? 0) ^ (1 << (bit % 8));
    }
  }
  return wrong;
};
