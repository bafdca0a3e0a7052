// A disk as one process sees it: when the process is dead, nothing that it began is ever answered.
import type { SpoolDisk, SpoolFile } from '@fettle/agent/host/spool-disk';
import { codeOf } from '@fettle/shared/error';

export type Life = {
  readonly isAlive: () => boolean;
  /** The power went in the midst of what the process did. */
  readonly onPowerCut: () => void;
};

export const boundDisk = (disk: SpoolDisk, life: Life): SpoolDisk => {
  const bound = <T>(work: () => Promise<T>): Promise<T> => whileAlive(work, life);
  return {
    list: (folder) => bound(() => disk.list(folder)),
    open: (path, how) => bound(async () => boundFile(await disk.open(path, how), bound)),
    remove: (path) => bound(() => disk.remove(path)),
    rename: (from, to) => bound(() => disk.rename(from, to)),
    syncFolder: (folder) => bound(() => disk.syncFolder(folder)),
    room: () => bound(() => disk.room()),
  };
};

const boundFile = (file: SpoolFile, bound: <T>(work: () => Promise<T>) => Promise<T>): SpoolFile => ({
  read: (at, length) => bound(() => file.read(at, length)),
  write: (at, bytes) => bound(() => file.write(at, bytes)),
  sync: () => bound(() => file.sync()),
  truncate: (bytes) => bound(() => file.truncate(bytes)),
  close: () => bound(() => file.close()),
});

const whileAlive = <T>(work: () => Promise<T>, { isAlive, onPowerCut }: Life): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  if (!isAlive()) return promise;
  work().then(
    (value) => isAlive() && resolve(value),
    (error: unknown) => {
      if (codeOf(error) === 'EPOWER') onPowerCut();
      if (isAlive()) reject(error);
    },
  );
  return promise;
};
