// The errand of a backup: copies beside the writer, with pauses, and tries the copy. A damaged copy may be the fault of the disk that it
// is on: then the files in use are read, too.
import { parentPort, workerData } from 'node:worker_threads';

import { codeOf, messageOf } from '@fettle/shared/error';

import { damageIn } from '../store/check/database.ts';
import { type BackupOrder, makeBackup } from '../store/copies/make-backup.ts';
import { pause } from '../store/copies/pause.ts';

export type BackupAnswer = {
  /** Absent: none could be made. */
  readonly path?: string;
  readonly problems: readonly string[];
  /** What does not fit together in the data: the copy has it as they have it. */
  readonly notes: readonly string[];
  /** Of the files in use: they are damaged. */
  readonly damage: readonly string[];
};

const answer = async (order: BackupOrder): Promise<BackupAnswer> => {
  try {
    const { path, manifest } = await makeBackup(order, pause);
    const { problems, notes } = manifest;
    return { path, problems, notes, damage: problems.length > 0 ? damageIn(order.from) : [] };
  } catch (error) {
    return { problems: [messageOf(error)], notes: [], damage: isOfDatabase(error) ? damageIn(order.from) : [] };
  }
};

/** No room, or a folder that cannot be written, says nothing of the data: to read them all each hour for it would be in vain. */
const isOfDatabase = (error: unknown): boolean => error instanceof Error && codeOf(error.cause).startsWith('SQLITE_');

// the order is what backups.ts sends
void answer(workerData as BackupOrder).then((said) => parentPort?.postMessage(said));
