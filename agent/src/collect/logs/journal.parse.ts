// Lines of `journalctl -o json` (systemd's "Journal JSON Format"): an object each, whose fields are text, or a list of byte values where
// they are no UTF-8, or null where they are too long, or a list of any of these where a field stands more than once.
import { cleanText } from '@fettle/shared/wire/bytes';

import { isRecord, parseJson } from '../json.parse.ts';

export type JournalEntry = {
  readonly cursor: string;
  /** Of the kernel: those are counted by class from its own log. */
  readonly isKernel: boolean;
  /** systemd-coredump tells that a program crashed. */
  readonly isCoredump: boolean;
  readonly program: string;
};

export type JournalLines = { readonly entries: readonly JournalEntry[]; readonly unreadable: number };

/** SD_MESSAGE_COREDUMP of sd-messages.h */
const COREDUMP = 'fc2e22bc6ee647b6b90729ab34a250b1';
const PROGRAM_MAX_BYTES = 60;
const CURSOR = /^[\w=;-]{1,300}$/;

export const parseJournal = (text: string): JournalLines => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('-- '));
  const entries = lines.map(entryOf).filter((entry) => entry !== undefined);
  return { entries, unreadable: lines.length - entries.length };
};

const entryOf = (line: string): JournalEntry | undefined => {
  const fields = parseJson(line);
  if (!isRecord(fields)) return undefined;
  const cursor = textOf(fields['__CURSOR']);
  if (cursor === undefined || !CURSOR.test(cursor)) return undefined;
  const program = textOf(fields['SYSLOG_IDENTIFIER']) ?? textOf(fields['_COMM']) ?? '';
  return {
    cursor,
    isKernel: textOf(fields['_TRANSPORT']) === 'kernel',
    isCoredump: textOf(fields['MESSAGE_ID']) === COREDUMP,
    program: cleanText(program, PROGRAM_MAX_BYTES) || 'unknown',
  };
};

const decoder = new TextDecoder();

const textOf = (field: unknown): string | undefined => {
  if (typeof field === 'string') return field;
  if (!Array.isArray(field)) return undefined;
  const bytes = field.filter((one) => typeof one === 'number');
  return bytes.length === field.length && bytes.length > 0 ? decoder.decode(Uint8Array.from(bytes)) : textOf(field[0]);
};
