// The files of an open database, under the names by which they were opened. One that is taken away or replaced goes on being written
// by whoever has it open, and is gone when that ends: nothing may be acknowledged any more.
import { statSync } from 'node:fs';

const PARTS = ['', '-wal'] as const;

/** Which file it is, whatever it is called: undefined when there is none of that name. */
const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
};

export class FileWatch {
  readonly #known: ReadonlyMap<string, string | undefined>;

  /** @param path of a database that is open, in WAL mode, and was written or read once: its log is there */
  constructor(path: string) {
    this.#known = new Map(PARTS.map((part) => [`${path}${part}`, identityOf(`${path}${part}`)]));
  }

  /** The first that is not what it was. */
  gone(): string | undefined {
    for (const [path, known] of this.#known) if (known !== undefined && identityOf(path) !== known) return path;
    return undefined;
  }
}
