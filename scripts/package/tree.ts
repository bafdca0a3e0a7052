// What a package puts on a machine: a list of files, each with its rights; and how it is laid down so that the same list is the same bytes.
import { chmodSync, copyFileSync, lutimesSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One file. `path` is relative, with "/"; `from` are its bytes, or the file that has them. */
export type Entry = {
  readonly path: string;
  readonly mode: number;
  readonly from: Uint8Array | { readonly file: string };
};

export const textEntry = (path: string, text: string, mode = 0o644): Entry => ({
  path,
  mode,
  from: Buffer.from(text),
});

export const fileEntry = (path: string, file: string, mode = 0o644): Entry => ({ path, mode, from: { file } });

/** The same below a folder. */
export const below = (folder: string, entries: readonly Entry[]): readonly Entry[] =>
  entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));

/** Replaces `folder`. Rights and times are set, whatever the umask and the clock say. */
export const writeTree = (folder: string, entries: readonly Entry[], epochS: number): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, mode, from } of entries) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    if (from instanceof Uint8Array) writeFileSync(place, from);
    else copyFileSync(from.file, place);
    chmodSync(place, mode);
  }
  settle(folder, epochS);
};

/** Folders too, from the inside out: what is written into one changes its time. */
const settle = (folder: string, epochS: number): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(path, epochS);
    else lutimesSync(path, epochS, epochS);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, epochS, epochS);
};
