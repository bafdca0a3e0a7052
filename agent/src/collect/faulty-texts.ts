// What a file or a program can give in place of what it should, for the tests of every parser.

export type FaultyText = { readonly name: string; readonly text: string };

const LARGE = 20 * 2 ** 20;

/** @param text as it should be */
export const faultyTexts = (text: string): readonly FaultyText[] => [
  ...Array.from({ length: 10 }, (_, tenth) => ({
    name: `cut at ${tenth}/10`,
    text: text.slice(0, Math.floor((text.length * tenth) / 10)),
  })),
  { name: 'CRLF', text: text.replaceAll('\n', '\r\n') },
  { name: 'one line', text: text.replaceAll('\n', ' ') },
  { name: 'without spaces', text: text.replaceAll(' ', '') },
  { name: 'UTF-16, read as UTF-8', text: text.replaceAll(/./gsu, '$&\u0000') },
  { name: 'UTF-16, the other way round', text: text.replaceAll(/./gsu, '\u0000$&') },
  { name: 'a byte order mark', text: `\u{FEFF}${text}` },
  { name: 'minus signs', text: text.replaceAll(/\d+/g, '-$&') },
  { name: 'fractions', text: text.replaceAll(/\d+/g, '$&.5') },
  { name: 'other ways to write numbers', text: text.replaceAll(/\d+/g, '0x$&e3') },
  { name: 'numbers beyond all', text: text.replaceAll(/\d+/g, '9'.repeat(400)) },
  { name: 'no numbers', text: text.replaceAll(/\d+/g, 'NaN') },
  { name: 'noise', text: noise(4_096) },
  { name: 'noise in every line', text: text.split('\n').join(` ${noise(16)}\n`) },
  { name: '20 MiB of it', text: text.repeat(Math.ceil(LARGE / Math.max(1, text.length))) },
  { name: '20 MiB in one word', text: `${text.slice(0, 4)}${'1'.repeat(LARGE)}` },
  { name: '20 MiB of spaces', text: `${text.slice(0, 4)}${' '.repeat(LARGE)}` },
];

/** Every byte value in turn, in an order that is the same each time. */
const noise = (length: number): string =>
  Array.from({ length }, (_, index) => String.fromCharCode((index * 167 + 13) % 256)).join('');
