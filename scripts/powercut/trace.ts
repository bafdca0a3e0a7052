// What strace(1) saw a server do to its disk, and what it said to its agents in between: `strace -f -y -xx`, where every text is in
// hexadecimal, and a call that another thread interrupted stands in two lines.
import { basename } from 'node:path';

export type DiskEvent =
  | { readonly do: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly do: 'truncate'; readonly file: string; readonly length: number }
  | { readonly do: 'sync' | 'remove'; readonly file: string }
  /** The server said that it has everything of this lane up to `seq`. */
  | { readonly do: 'ack'; readonly lane: 'alerts' | 'metrics'; readonly seq: number };

/** The calls to be traced. */
export const CALLS = 'pwrite64,write,writev,fdatasync,fsync,ftruncate,unlink';

/** @param isOurs by the file's name. Each event stands where its call had returned: only then is it sure. */
export const parseTrace = (text: string, isOurs: (name: string) => boolean): readonly DiskEvent[] => {
  const begun = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const call = wholeCall(line, begun);
    const event = call === undefined ? undefined : eventOf(call);
    return event && (event.do === 'ack' || isOurs(event.file)) ? [event] : [];
  });
};

const UNFINISHED = ' <unfinished ...>';

const wholeCall = (line: string, begun: Map<string, string>): string | undefined => {
  const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
  if (rest.endsWith(UNFINISHED)) {
    begun.set(thread, rest.slice(0, -UNFINISHED.length));
    return undefined;
  }
  const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
  if (resumed === undefined) return rest;
  const start = begun.get(thread) ?? '';
  begun.delete(thread);
  return start + resumed;
};

const eventOf = (call: string): DiskEvent | undefined => {
  const [, name = '', args = '', result = ''] = /^(\w+)\((.*)\) += (-?\d+)/s.exec(call) ?? [];
  if (result.startsWith('-')) return undefined;
  const said = name.startsWith('write') ? ackIn(args) : undefined;
  return said ?? readers[name]?.(args, Number(result));
};

/** Of the file that a call names by its number. */
const fileOf = (args: string): string => basename(textOf(part(args, /^\d+<([^>]*)>/)));
const part = (args: string, pattern: RegExp): string => pattern.exec(args)?.[1] ?? '';

const readers: Readonly<Record<string, (args: string, result: number) => DiskEvent>> = {
  pwrite64: (args, written) => ({
    do: 'write',
    file: fileOf(args),
    at: Number(part(args, /, (\d+)$/)),
    bytes: bytesOf(part(args, /, "([^"]*)", \d+, \d+$/)).subarray(0, written),
  }),
  fdatasync: (args) => ({ do: 'sync', file: fileOf(args) }),
  fsync: (args) => ({ do: 'sync', file: fileOf(args) }),
  ftruncate: (args) => ({ do: 'truncate', file: fileOf(args), length: Number(part(args, /, (\d+)$/)) }),
  unlink: (args) => ({ do: 'remove', file: basename(textOf(part(args, /"([^"]*)"/))) }),
};

/** A frame to an agent: its text is not masked in this direction. */
const ackIn = (args: string): DiskEvent | undefined => {
  const said = [...args.matchAll(/"([^"]*)"/g)].map(([, hex = '']) => textOf(hex)).join('');
  const [, lane, seq] = /"type":"ack","lane":"(alerts|metrics)","epoch":"[^"]*","seq":(\d+)/.exec(said) ?? [];
  return lane === 'alerts' || lane === 'metrics' ? { do: 'ack', lane, seq: Number(seq) } : undefined;
};

const bytesOf = (escaped: string): Buffer => Buffer.from(escaped.replaceAll(String.raw`\x`, ''), 'hex');
const textOf = (escaped: string): string => bytesOf(escaped).toString('latin1');
