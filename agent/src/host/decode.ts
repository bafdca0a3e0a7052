// Text of unknown encoding, as programs write it into a pipe.

/** So many bytes tell which encoding it is. */
const LOOK_BYTES = 200;

/** UTF-8, or UTF-16 where a mark of the encoding says so, or where every other byte is 0 as in the Latin letters of UTF-16. */
export const decode = (bytes: Buffer): string =>
  withoutMark(isUtf16(bytes) ? bytes.toString('utf16le') : bytes.toString('utf8'));

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

const isUtf16 = (bytes: Buffer): boolean => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
  const head = bytes.subarray(0, LOOK_BYTES);
  const high = head.filter((_, index) => index % 2 === 1);
  return high.length > 1 && high.filter((byte) => byte === 0).length > high.length / 2 && head[0] !== 0;
};
