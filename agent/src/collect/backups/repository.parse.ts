// What restic and borg say of the backups in a repository.
import { isoInstant } from '../instant.parse.ts';
import { isRecord, parseJson } from '../json.parse.ts';
import type { Made } from './outcome.ts';

/**
 * `restic snapshots --json` (restic's manual, "Scripting"): a list, newest last, of { time, summary? }; the summary, and with
 * it the size, is there since 0.17. @returns undefined for what is no such list
 */
export const parseSnapshots = (text: string): readonly Made[] | undefined => {
  const list = parseJson(text);
  if (list === null) return []; // how restic writes an empty list
  return Array.isArray(list) ? all(list, snapshot) : undefined;
};

/**
 * `borg list --json` (borg's manual, "Frontends"): { archives: [{ time }] }, without a zone as TZ has it.
 * @returns undefined for what is no such answer
 */
export const parseArchives = (text: string): readonly Made[] | undefined => {
  const answer = parseJson(text);
  const archives = isRecord(answer) ? answer['archives'] : undefined;
  return Array.isArray(archives) ? all(archives, archive) : undefined;
};

/** One that cannot be read makes the list useless: it may be the newest. */
const all = (list: readonly unknown[], read: (one: unknown) => Made | undefined): readonly Made[] | undefined => {
  const made = list.flatMap((one) => read(one) ?? []);
  return made.length === list.length ? made : undefined;
};

const snapshot = (one: unknown): Made | undefined => {
  const made = archive(one);
  const summary = isRecord(one) ? one['summary'] : undefined;
  const bytes = isRecord(summary) ? summary['total_bytes_processed'] : undefined;
  return made && { ...made, ...(isSize(bytes) && { bytes }) };
};

const archive = (one: unknown): Made | undefined => {
  const atMs = isRecord(one) && typeof one['time'] === 'string' ? isoInstant(one['time']) : undefined;
  return atMs === undefined ? undefined : { atMs };
};

export const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
