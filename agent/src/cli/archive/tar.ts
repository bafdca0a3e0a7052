// Plain files as one .tar (POSIX.1-2001, pax): a header of 512 bytes and the content of each, filled up to 512. So small that a
// package for it would be more to look after than these lines; the real tar unpacks it in the tests.
import { gzipSync } from 'node:zlib';

export type ArchiveFile = { readonly path: string; readonly content: string | Uint8Array };

const BLOCK = 512;
const NAME_MAX = 100;
/** Readable by who unpacks it alone. */
const MODE = 0o600;
const FILE = '0';
const EXTENDED = 'x';

export const tarGz = (files: readonly ArchiveFile[], atMs: number): Buffer => {
  const blocks = files.flatMap(({ path, content }, index) => {
    const bytes = Buffer.from(content);
    const isLong = Buffer.byteLength(path) > NAME_MAX;
    const name = isLong ? `long/${index}` : path;
    const extended = isLong
      ? entry({ name: `pax/${index}`, type: EXTENDED, atMs }, Buffer.from(record('path', path)))
      : [];
    return [...extended, ...entry({ name, type: FILE, atMs }, bytes)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
};

type Head = { readonly name: string; readonly type: typeof FILE | typeof EXTENDED; readonly atMs: number };

const entry = (head: Head, content: Buffer): readonly Buffer[] => [
  header(head, content.length),
  content,
  Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
];

/** ustar: numbers in octal, the sum of all bytes with its own field taken as spaces. */
const header = ({ name, type, atMs }: Head, size: number): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, NAME_MAX);
  block.write(octal(MODE, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.floor(atMs / 1000), 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\u{0}00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u{0} `, 148);
  return block;
};

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** "LENGTH KEY=VALUE\n", where the length counts itself. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = [1, 2, 3, 4, 5]
    .map((digits) => rest + digits)
    .find((total, index) => String(total).length === index + 1);
  return `${length} ${key}=${value}\n`;
};
