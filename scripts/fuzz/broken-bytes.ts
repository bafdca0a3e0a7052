// Frames with something wrong: bits, bytes, lengths, numbers, and an end too early or too late.
import type { Chance } from './chance.ts';

/** Numbers that say more than there is, or are none: as LEB128. */
const VARINTS: readonly [readonly number[], ...(readonly number[])[]] = [
  [0],
  [1],
  [0x7f],
  [0x80, 0x00],
  [0xff, 0xff, 0x03],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
];

/** @param frame a good one */
export const brokenBytes = (frame: Uint8Array, chance: Chance): Uint8Array => {
  let bytes: readonly number[] = [...frame];
  for (let changes = 1 + chance.below(3); changes > 0; changes -= 1) bytes = changed(bytes, chance);
  return Uint8Array.from(bytes);
};

const changed = (bytes: readonly number[], chance: Chance): readonly number[] => {
  // the type byte seldom: what is of no type is not looked at any further
  const at = chance.is(0.02) ? 0 : 1 + chance.below(Math.max(1, bytes.length));
  switch (chance.below(7)) {
    case 0:
      return bytes.toSpliced(at, 1, (bytes[at] ?? 0) ^ (1 << chance.below(8)));
    case 1:
      return bytes.toSpliced(at, 1, chance.below(256));
    case 2:
      return bytes.toSpliced(at, 1 + chance.below(4));
    case 3:
      return bytes.toSpliced(at, chance.below(2), ...chance.of(VARINTS));
    case 4:
      return bytes.slice(0, at);
    case 5:
      return [...bytes, ...bytes.slice(-1 - chance.below(8))];
    default:
      return bytes.toSpliced(at, 0, ...bytes.slice(at, at + chance.below(16)));
  }
};
