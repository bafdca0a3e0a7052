// The checksum of POSIX cksum(1): a CRC-32 from the highest bit down, over the bytes and then their number.

const POLYNOMIAL = 0x04_c1_1d_b7;
const TOP_BIT = 0x80_00_00_00;

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value & TOP_BIT) === 0 ? value << 1 : (value << 1) ^ POLYNOMIAL;
  return value;
});

export const cksum = (bytes: Uint8Array): number => {
  let crc = 0;
  for (const byte of bytes) crc = step(crc, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) crc = step(crc, length & 0xff);
  return ~crc >>> 0;
};

const step = (crc: number, byte: number): number => (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0);
