// smartctl for an agent without privileges: what fettle-smart.service (agent/packaging/linux) had of it, word by word.
import { existsSync } from 'node:fs';
import { type FileHandle, constants, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf, messageOf } from '@fettle/shared/error';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Host, HostError, type Output } from './host.ts';
import { type StoredRuns, storedRuns } from './stored-runs.schema.ts';

export const STORE = '/run/fettle-smart/readings.json';

/** Three times as long as its timer waits. */
const STALE_MS = 45 * MINUTE_MS;
/** A hundred disks say 10 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
/** At boot, and when both were just installed, the first reading is under way. */
const PATIENCE_MS = MINUTE_MS;
const STEP_MS = 500;
const WRITABLE_BY_OTHERS = 0o022;
const TIMER = 'fettle-smart.timer';

export type StoredParts = {
  readonly path: string;
  /** Who must have written it. */
  readonly owner: number;
  readonly uptimeMs: Host['uptimeMs'];
  readonly patienceMs?: number;
};

/** Whether the reader's folder is there: its service has made it, however the reading ends. */
export const hasStore = (path: string): boolean => existsSync(dirname(path));

/** What smartctl said when it was asked the same. @throws HostError */
export const storedSmartctl = async (parts: StoredParts, args: readonly string[]): Promise<Output> => {
  const { runs } = await readPatiently(parts);
  const found = runs.find((run) => keyOf(run.args) === keyOf(args));
  if (!found) throw new HostError('service_broken', `${parts.path} says nothing of ${args.at(-1) ?? 'this'} yet`);
  const { answer } = found;
  if ('failed' in answer) throw new HostError(answer.failed, answer.detail);
  return { ...answer, stderr: '' };
};

/** Whether a disk may be woken is for the reader to decide. */
const keyOf = (args: readonly string[]): string =>
  args.filter((arg, index) => arg !== '-n' && args[index - 1] !== '-n').join('\0');

const readPatiently = async (parts: StoredParts): Promise<StoredRuns> => {
  const { path, patienceMs = PATIENCE_MS } = parts;
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    try {
      return await readStore(parts);
    } catch (error) {
      if (error instanceof HostError) throw error;
      const code = codeOf(error);
      if (code === 'EACCES') throw new HostError('permission', messageOf(error));
      if (code !== 'ENOENT' || waitedMs >= patienceMs)
        throw new HostError(
          'service_broken',
          `${path} cannot be read: ${messageOf(error)}`,
          `systemctl restart ${TIMER}`,
        );
    }
    await sleep(STEP_MS);
  }
};

const readStore = async ({ path, owner, uptimeMs }: StoredParts): Promise<StoredRuns> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    await refuseForged(file, path, owner);
    const parsed = storedRuns.safeParse(parse(await file.readFile('utf8')));
    if (!parsed.success) throw new HostError('parse_error', `${path} is not as expected`);
    const ageMs = uptimeMs() - parsed.data.uptimeMs;
    if (ageMs <= STALE_MS) return parsed.data;
    const minutes = Math.round(ageMs / MINUTE_MS);
    throw new HostError(
      'service_broken',
      `the disks were last read ${minutes} minutes ago`,
      `systemctl restart ${TIMER}`,
    );
  } finally {
    await file.close();
  }
};

const refuseForged = async (file: FileHandle, path: string, owner: number): Promise<void> => {
  const found = await file.stat();
  if (!found.isFile() || found.uid !== owner || (found.mode & WRITABLE_BY_OTHERS) !== 0)
    throw new HostError(
      'policy_blocked',
      `${path} is not believed: others than root can have written it`,
      `rm ${path}`,
    );
  if (found.size > MAX_BYTES) throw new HostError('parse_error', `${path} is larger than ${MAX_BYTES} bytes`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
