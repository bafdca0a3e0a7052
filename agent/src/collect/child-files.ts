// Files that a machine may well not have, for collectors that run in the child. Whoever has to tell why asks the host itself.
import type { ChildHost, FileStat } from '../host/host.ts';

/** undefined where it is not there, or not for us. */
export const fileStat = (host: ChildHost, path: string): Promise<FileStat | undefined> =>
  host.statFile(path).catch(() => undefined);

/** undefined where it cannot be read. */
export const fileText = (host: ChildHost, path: string): Promise<string | undefined> =>
  host.readFile(path).then(
    (bytes) => bytes.toString('utf8'),
    () => undefined,
  );

/** Names in a folder; none where it cannot be read. */
export const folderNames = (host: ChildHost, folder: string): Promise<readonly string[]> =>
  host.listFolder(folder).catch(() => []);
