// What a backup program of the administrator's own says: its exit code, and perhaps one JSON object on its standard output.
import { isoInstant } from '../instant.parse.ts';
import { isRecord, parseJson } from '../json.parse.ts';
import type { BackupOutcome } from './outcome.ts';
import { isSize } from './repository.parse.ts';

/** @param minBytes what is smaller is no backup. A time is text by ISO 8601, or seconds since 1970. */
export const parseCommand = (code: number, stdout: string, minBytes = 0): BackupOutcome => {
  const said = parseJson(stdout);
  const { time, size, ok } = isRecord(said) ? said : {};
  if (code !== 0 || ok === false) return { state: 'failed' };
  const goodMs = timeOf(time);
  if (isSize(size) && size < minBytes) return { state: 'too small' };
  return { state: 'ok', ...(goodMs !== undefined && { goodMs }), ...(isSize(size) && { bytes: size }) };
};

const SECONDS_MAX = 1e11;

const timeOf = (time: unknown): number | undefined => {
  if (typeof time === 'number') return time > 0 && time < SECONDS_MAX ? Math.round(time * 1000) : undefined;
  return typeof time === 'string' ? isoInstant(time) : undefined;
};
