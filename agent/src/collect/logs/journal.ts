// Errors of programs and their crashes, as the journal has them. No text of theirs is read: that holds secrets; who wrote how many is
// enough to know where to look. Each line counts once; the first reading ever counts those since boot.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError, type Output } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, type Section, available, unavailable } from '../collector.ts';
import { firstLine } from '../output.ts';
import { slowOnes } from '../slow.ts';
import { journalMemory } from './journal-memory.schema.ts';
import { type JournalEntry, type JournalLines, parseJournal } from './journal.parse.ts';

const PAGE = 500;
/** Beyond that the rest is passed over: so many errors are enough to know. */
const PAGES_MAX = 4;
const PROGRAMS_MAX = 20;
const FORM = ['-o', 'json', '--no-pager', '--output-fields=PRIORITY,_TRANSPORT,MESSAGE_ID,SYSLOG_IDENTIFIER,_COMM'];
/** Priority "err" of syslog.h, and worse. */
const ERRORS = ['-p', '3'];
const PERMISSION = /insufficient permissions|not seeing messages from other users/i;

export const journal = (): Collector<ChildHost> => ({ ...slowOnes.journal, probe, collect });

const probe = async (host: ChildHost): Promise<Capability> => {
  const path = host.find('journalctl');
  if (path === undefined) return unavailable('tool_missing', 'journalctl is not installed: there is no journal here');
  // the files alone are no sign: where no journald runs they are old, and no error would mean nothing
  return host.statFile('/run/systemd/journal/socket').then(
    () => available(path),
    () => unavailable('service_broken', 'systemd-journald does not run here', 'start systemd-journald.socket'),
  );
};

const collect = async (host: ChildHost): Promise<Reading> => {
  const known = journalMemory.safeParse(host.memory.read(slowOnes.journal.id));
  const read = await readFrom(host, known.success ? known.data.cursor : undefined);
  const cursor = read.isAll ? read.cursor : await newest(host);
  if (cursor !== undefined) host.memory.write(slowOnes.journal.id, { cursor });
  return readingOf(read);
};

type Found = {
  readonly entries: readonly JournalEntry[];
  readonly cursor: string | undefined;
  readonly isAll: boolean;
  readonly partial: readonly Reason[];
};

/** Page by page, until there are no more or enough. */
const readFrom = async (host: ChildHost, from: string | undefined): Promise<Found> => {
  const entries: JournalEntry[] = [];
  let [cursor, unreadable] = [from, 0];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next = await pageAfter(host, cursor);
    if ('lost' in next) return { entries, cursor: undefined, isAll: false, partial: [next.lost] };
    entries.push(...next.entries);
    unreadable += next.unreadable;
    const isLast = next.entries.length + next.unreadable < PAGE;
    const isFirstEver = cursor === undefined; // gives the newest, not the oldest
    cursor = next.entries.at(-1)?.cursor ?? cursor;
    if (isLast) return { entries, cursor, isAll: true, partial: unreadableOf(unreadable) };
    if (isFirstEver) break;
  }
  const more: Reason = { code: 'timeout', detail: `there are more than these ${entries.length} errors` };
  return { entries, cursor, isAll: false, partial: [more, ...unreadableOf(unreadable)] };
};

/** The errors after a place, or since boot; `lost` where the place is no more or they are too large to be read. */
const pageAfter = async (
  host: ChildHost,
  cursor: string | undefined,
): Promise<JournalLines | { readonly lost: Reason }> => {
  // not -b: it fails while the journal has nothing of this boot
  const place = cursor === undefined ? `_BOOT_ID=${host.bootId().replaceAll('-', '')}` : `--after-cursor=${cursor}`;
  try {
    return parseJournal(checked(await host.run('journalctl', [...FORM, ...ERRORS, '-n', String(PAGE), place])).stdout);
  } catch (error) {
    const isLost =
      error instanceof HostError && (error.code === 'parse_error' || error.message.includes('seek to cursor'));
    if (!isLost) throw error;
    return { lost: { code: 'parse_error', detail: `errors were passed over: ${error.message}` } };
  }
};

/** Of whatever priority: where the next reading begins when errors were passed over. */
const newest = async (host: ChildHost): Promise<string | undefined> => {
  const { stdout } = checked(await host.run('journalctl', [...FORM, '-n', '1']));
  return parseJournal(stdout).entries.at(-1)?.cursor;
};

const checked = (output: Output): Output => {
  const { code, stderr } = output;
  if (PERMISSION.test(stderr))
    throw new HostError(
      'permission',
      'the journal of the system may not be read',
      'run the agent as root, or in the group systemd-journal',
    );
  if (/unrecognized option/.test(stderr)) throw new HostError('tool_too_old', 'journalctl is older than systemd 236');
  if (code !== 0) throw new HostError('service_broken', `journalctl ended with ${code}: ${firstLine(stderr)}`);
  return output;
};

const unreadableOf = (count: number): readonly Reason[] =>
  count === 0 ? [] : [{ code: 'parse_error', detail: `${count} lines of journalctl are not as expected` }];

const readingOf = ({ entries, partial }: Found): Reading => {
  const errors = entries.filter(({ isKernel, isCoredump }) => !isKernel && !isCoredump);
  const coredumps = entries.filter(({ isCoredump }) => isCoredump);
  return {
    samples: [
      { metric: 'fettle.log.errors', attributes: {}, value: errors.length },
      { metric: 'fettle.log.coredumps', attributes: {}, value: coredumps.length },
    ],
    partial,
    sections: [sectionOf(errors)],
  };
};

/** Who wrote them, the most first. */
const sectionOf = (errors: readonly JournalEntry[]): Section => {
  const counts = new Map<string, number>();
  for (const { program } of errors) counts.set(program, (counts.get(program) ?? 0) + 1);
  const most = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, PROGRAMS_MAX);
  return {
    id: 'log.errors',
    title: 'Errors in the journal',
    facts: most.map(([label, count]) => ({
      label,
      value: `${count} ${count === 1 ? 'line' : 'lines'} in the last reading`,
    })),
  };
};
