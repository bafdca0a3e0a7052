// Events of Windows as `wevtutil qe … /f:xml` writes them: one element after the other without a root. No text of theirs is read:
// it speaks the language of the system. Names, numbers and values are the same everywhere.
import { cleanText } from '@fettle/shared/wire/bytes';

export type WindowsEvent = {
  /** "disk", "Microsoft-Windows-WHEA-Logger" */
  readonly provider: string;
  readonly id: number;
  /** 1 critical, 2 error, 3 warning */
  readonly level: number;
  /** Its place in the log: higher than that of all before. */
  readonly recordId: number;
};

export type Events = { readonly events: readonly WindowsEvent[]; readonly unreadable: number };

const NAME_MAX_BYTES = 100;
/** More than is asked for at once. */
const EVENTS_MAX = 5_000;
const field = (tag: string): RegExp => new RegExp(`<${tag}(?:\\s[^>]{0,100})?>(\\d{1,15})</${tag}>`);
const FIELDS = [field('EventID'), field('Level'), field('EventRecordID')] as const;

export const parseEvents = (text: string): Events => {
  const parts = text.split(/<Event(?=[\s>])/, EVENTS_MAX).slice(1);
  const events = parts.map(eventOf).filter((event) => event !== undefined);
  return { events, unreadable: parts.length - events.length };
};

const eventOf = (part: string): WindowsEvent | undefined => {
  const end = part.indexOf('</System>');
  if (end < 0) return undefined; // cut off
  const system = part.slice(0, end);
  const provider = /<Provider\s+Name=(?:'([^'<]{1,300})'|"([^"<]{1,300})")/.exec(system);
  const name = provider?.[1] ?? provider?.[2];
  const [id, level, recordId] = FIELDS.map((pattern) => pattern.exec(system)?.[1]);
  if (name === undefined || id === undefined || recordId === undefined) return undefined;
  return {
    provider: cleanText(name, NAME_MAX_BYTES),
    id: Number(id),
    level: Number(level ?? 0),
    recordId: Number(recordId),
  };
};
