// CRC-32 as of RFC 1952 (gzip), section 8: the same number as zlib's crc32. In JavaScript, because zlib and SHA-256 from node:crypto
// cost a resident process more than a table of 1 KiB, and because it sees every burst of up to 32 bits, where 32 bits of a hash miss
// one in 2^32. It guards against chance, not against people: who can write to the spool can write anything.

const POLYNOMIAL = 0xedb88320;

const table = new Int32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
  return crc;
});

/** @param crc of the bytes before these; @returns 32 bits, unsigned */
export const crc32 = (bytes: Uint8Array, crc = 0): number => {
  let rest = ~crc;
  for (let at = 0; at < bytes.length; at += 1) rest = (table[(rest ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (rest >>> 8);
  return ~rest >>> 0;
};
