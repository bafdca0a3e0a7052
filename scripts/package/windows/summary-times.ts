// The two times in an installer's summary, which its writers take from the clock. Format: [MS-OLEPS], a property set of the FMTID
// of SummaryInformation: size, count, then id and offset of each property, all in 4 bytes; a time is its type and a FILETIME.
const FORMAT_ID = Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex');
/** Created, last saved. */
const TIMES = [12, 13] as const;
const TYPE_FILETIME = 0x40;
/** FILETIME counts 100 ns from 1601. */
const FROM_1601_S = 11_644_473_600n;
const TICKS_PER_S = 10_000_000n;

/** @returns the same file with these times. @throws Error where there are none: it is another format */
export const withFixedTimes = (msi: Uint8Array, epochS: number): Uint8Array => {
  const bytes = Buffer.from(msi);
  const header = bytes.indexOf(FORMAT_ID);
  if (header < 0) throw new Error('The installer has no summary.');
  // the section's place is told from the start of the set, 28 bytes before the FMTID
  const section = header - 28 + bytes.readUInt32LE(header + 16);
  const ticks = (BigInt(epochS) + FROM_1601_S) * TICKS_PER_S;
  for (const id of TIMES) bytes.writeBigUInt64LE(ticks, placeOf(bytes, section, id));
  return bytes;
};

const placeOf = (bytes: Buffer, section: number, id: number): number => {
  const count = Math.min(bytes.readUInt32LE(section + 4), 64);
  const rows = Array.from({ length: count }, (_, index) => section + 8 + index * 8);
  const row = rows.find((place) => bytes.readUInt32LE(place) === id);
  const property = row === undefined ? -1 : section + bytes.readUInt32LE(row + 4);
  if (property < 0 || bytes.readUInt32LE(property) !== TYPE_FILETIME) throw new Error(`The summary has no time ${id}.`);
  return property + 4;
};
