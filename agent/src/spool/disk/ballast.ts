// A file that is there to be removed: when the disk is full its room is the alerts'.
import type { SpoolDisk } from '../../host/spool-disk.ts';

const FOLDER = 'reserve';
const PATH = `${FOLDER}/ballast`;
const PIECE_BYTES = 64 * 1024;

export class Ballast {
  readonly #disk: SpoolDisk;
  readonly #bytes: number;
  #isThere: boolean | undefined;

  constructor(disk: SpoolDisk, bytes: number) {
    this.#disk = disk;
    this.#bytes = bytes;
  }

  /** @returns false where there was none. @throws as fs does */
  async release(): Promise<boolean> {
    const wasThere = await this.#isKept();
    this.#isThere = false;
    if (wasThere) await this.#disk.remove(PATH);
    return wasThere;
  }

  /** Where there is none yet. A disk without room for it has none. */
  async keep(): Promise<void> {
    if (this.#bytes === 0) return;
    try {
      if (!(await this.#isKept())) await this.#write();
      this.#isThere = true;
    } catch {
      await this.#disk.remove(PATH).catch(() => undefined);
      this.#isThere = false;
    }
  }

  async #isKept(): Promise<boolean> {
    this.#isThere ??= (await this.#disk.list(FOLDER)).some(({ bytes }) => bytes >= this.#bytes);
    return this.#isThere;
  }

  async #write(): Promise<void> {
    const file = await this.#disk.open(PATH, 'write');
    try {
      const piece = noise(Math.min(PIECE_BYTES, this.#bytes));
      for (let at = 0; at < this.#bytes; at += piece.length) {
        if ((await file.write(at, piece)) < piece.length) throw new Error('the disk is full');
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** A file system that packs would give no room back for zeros. The constants are those of Numerical Recipes' quick generator. */
const noise = (length: number): Uint8Array => {
  let state = 1;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};
