// What a package puts on the disk: files, and the folders that they need, all of root and wheel.
import { readFileSync, statSync } from 'node:fs';

import type { Entry } from '../tree.ts';

/** "." is the root, "./opt" is in it. */
export type Item = {
  readonly path: string;
  readonly mode: number;
  /** Absent for a folder. */
  readonly file?: { readonly sizeBytes: number; readonly read: () => Buffer };
};

const FOLDER = 0o040_755;
const FILE = 0o100_000;

/** The root first, then level by level; names within a folder by their bytes. @throws Error when a path stands twice */
export const itemsOf = (entries: readonly Entry[]): readonly Item[] => {
  const children = new Map<string, Map<string, Entry | undefined>>();
  for (const entry of entries) place(children, entry);
  const items: Item[] = [{ path: '.', mode: FOLDER }];
  // it grows while it is read
  for (const { path } of items) {
    const names = [...(children.get(path) ?? [])].toSorted(([one], [other]) => byBytes(one, other));
    for (const [name, entry] of names) items.push(itemOf(`${path}/${name}`, entry));
  }
  return items;
};

const place = (children: Map<string, Map<string, Entry | undefined>>, entry: Entry): void => {
  const names = entry.path.split('/');
  for (const [index, name] of names.entries()) {
    const parent = ['.', ...names.slice(0, index)].join('/');
    const isLast = index === names.length - 1;
    const siblings = children.get(parent) ?? new Map<string, Entry | undefined>();
    if (isLast && siblings.has(name)) throw new Error(`${entry.path} is in the package twice.`);
    siblings.set(name, isLast ? entry : undefined);
    children.set(parent, siblings);
  }
};

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Files are read each time anew: Node alone has 150 MB. */
const itemOf = (path: string, entry: Entry | undefined): Item => {
  if (!entry) return { path, mode: FOLDER };
  const { from, mode } = entry;
  const file =
    from instanceof Uint8Array
      ? { sizeBytes: from.length, read: () => Buffer.from(from) }
      : { sizeBytes: statSync(from.file).size, read: () => readFileSync(from.file) };
  return { path, mode: FILE | mode, file };
};
