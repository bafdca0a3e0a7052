// Who only says that the last backup failed, or has not run since the machine was started, does not say when the last good one
// was made. That is remembered.
import { HostError, type Memory } from '../../host/host.ts';
import { isRecord } from '../json.parse.ts';
import { type BackupOutcome, backupStates } from './outcome.ts';

const MEMORY_ID = 'backups';

export const recall = (memory: Memory) => {
  const saved = memory.read(MEMORY_ID);
  const known: Record<string, unknown> = isRecord(saved) ? { ...saved } : {};
  return {
    /** @throws HostError where neither now nor before anything was known */
    complete: (name: string, now: BackupOutcome | undefined): BackupOutcome => {
      const before = Object.hasOwn(known, name) ? outcomeFrom(known[name]) : undefined;
      const outcome = now ?? before;
      if (!outcome) throw new HostError('service_broken', 'it has not run since this machine was started');
      const { state, bytes, goodMs = state === 'never' ? undefined : before?.goodMs } = outcome;
      known[name] = { ...outcome, ...(goodMs !== undefined && { goodMs }) };
      return {
        state,
        ...(goodMs !== undefined && { goodMs }),
        ...(bytes !== undefined && { bytes }),
      };
    },
    /** What is no longer declared is forgotten. */
    keep: (names: readonly string[]): void => {
      memory.write(
        MEMORY_ID,
        Object.fromEntries(names.flatMap((name) => (Object.hasOwn(known, name) ? [[name, known[name]]] : []))),
      );
    },
  };
};

const outcomeFrom = (value: unknown): BackupOutcome | undefined => {
  if (!isRecord(value)) return undefined;
  const { state, goodMs } = value;
  if (!isState(state)) return undefined;
  return { state, ...(typeof goodMs === 'number' && Number.isFinite(goodMs) && { goodMs }) };
};

const isState = (value: unknown): value is BackupOutcome['state'] =>
  typeof value === 'string' && Object.hasOwn(backupStates, value);
