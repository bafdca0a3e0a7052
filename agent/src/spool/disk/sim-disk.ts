// A disk that lies as much as a real one may, for tests, simulations and played power cuts.
//
// What was written and not synced is at a power cut kept, lost or torn at 512 bytes, each file by itself; so is a name that was
// made, changed or removed in a folder that was not synced. It fills (a short write first, then ENOSPC), its sync can fail (and
// then drops what was to be synced, as Linux does), and its power can be cut within any operation. One seed, one outcome.
import type { Rng } from '@fettle/shared/time';

import type { SpoolDisk, SpoolFile } from '../../host/spool-disk.ts';
import { type Leftover, SimFile } from './sim-file.ts';

export type SimOp = {
  readonly do: 'write' | 'sync' | 'truncate' | 'remove' | 'rename' | 'make' | 'sync folder';
  readonly path: string;
};

export type SimDiskOptions = {
  readonly rng: Rng;
  readonly capacityBytes?: number;
};

class SimError extends Error {
  readonly code: string;
  constructor(code: string, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

type NameChange = { readonly folders: readonly string[]; readonly apply: (names: Map<string, SimFile>) => void };

export class SimDisk implements SpoolDisk {
  readonly #rng: Rng;
  readonly #names: Map<string, SimFile>;
  readonly #durableNames: Map<string, SimFile>;
  #changes: NameChange[] = [];
  #isOff = false;
  #opsUntilCut = Number.POSITIVE_INFINITY;
  #ops = 0;
  #syncs = 0;
  #writtenBytes = 0;
  #openFiles = 0;
  /** May be moved while it runs: the disk fills up, or somebody frees it. */
  capacityBytes: number;
  /** Asked before each change; what it throws is the operation's error, what it waits for makes the disk slow. */
  onOp: (op: SimOp) => void | Promise<void> = () => undefined;
  /** Asked before each read; what it throws is the read's error. */
  onRead: (path: string, at: number, length: number) => void = () => undefined;

  constructor({ rng, capacityBytes = Number.POSITIVE_INFINITY }: SimDiskOptions, files = new Map<string, SimFile>()) {
    this.#rng = rng;
    this.capacityBytes = capacityBytes;
    this.#names = new Map(files);
    this.#durableNames = new Map(files);
  }

  /** Changes asked for so far: a cut can be put before each. */
  get ops(): number {
    return this.#ops;
  }

  get syncs(): number {
    return this.#syncs;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get openFiles(): number {
    return this.#openFiles;
  }

  get usedBytes(): number {
    return [...this.#names.values()].reduce((bytes, file) => bytes + file.length, 0);
  }

  /** The power goes in the midst of the change after `ops` more; from then on everything throws EPOWER. */
  cutAfter(ops: number): void {
    this.#opsUntilCut = ops;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** The power goes now. */
  cut(): void {
    this.#isOff = true;
  }

  /** The disk as it is found when the power is back. May be asked several times for several outcomes. */
  reboot(leftover: Leftover, rng: Rng = this.#rng): SimDisk {
    const names = new Map(this.#durableNames);
    for (const { apply } of this.#changes) if (isKept(leftover, rng)) apply(names);
    const files = new Map([...names].map(([path, file]) => [path, file.afterCut(leftover, rng)]));
    return new SimDisk({ rng, capacityBytes: this.capacityBytes }, files);
  }

  /** The content of a file as the running machine sees it, to look at or to spoil. */
  contentOf(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.read(0, Number.MAX_SAFE_INTEGER);
  }

  /** Puts a file there, wholly on the disk. */
  plant(path: string, bytes: Uint8Array): void {
    const file = new SimFile();
    file.write(0, bytes);
    file.sync();
    this.#names.set(path, file);
    this.#durableNames.set(path, file);
  }

  /** Takes a file away, as if it had never been. */
  lose(path: string): void {
    this.#names.delete(path);
    this.#durableNames.delete(path);
  }

  get paths(): readonly string[] {
    return [...this.#names.keys()].toSorted();
  }

  async list(folder: string): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    await this.#look();
    const inside = [...this.#names].filter(([path]) => folderOf(path) === folder);
    return inside.map(([path, file]) => ({ name: path.slice(folder.length + 1), bytes: file.length }));
  }

  async open(path: string, how: 'read' | 'write'): Promise<SpoolFile> {
    await this.#look();
    const known = this.#names.get(path);
    if (!known && how === 'read') throw new SimError('ENOENT', path);
    const file = known ?? new SimFile();
    if (!known) await this.#change({ do: 'make', path }, () => this.#rename([path], (names) => names.set(path, file)));
    return this.#handle(path, file);
  }

  async remove(path: string): Promise<void> {
    if (!this.#names.has(path)) return this.#look();
    await this.#change({ do: 'remove', path }, () => this.#rename([path], (names) => names.delete(path)));
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.#names.get(from);
    if (!file) throw new SimError('ENOENT', from);
    await this.#change({ do: 'rename', path: from }, () =>
      this.#rename([from, to], (names) => names.delete(from) && names.set(to, file)),
    );
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#change({ do: 'sync folder', path: folder }, () => {
      for (const { apply } of this.#changes.filter(({ folders }) => folders.includes(folder)))
        apply(this.#durableNames);
      this.#changes = this.#changes.filter(({ folders }) => !folders.includes(folder));
    });
  }

  async room(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    await this.#look();
    return { freeBytes: Math.max(0, this.capacityBytes - this.usedBytes), totalBytes: this.capacityBytes };
  }

  #handle(path: string, file: SimFile): SpoolFile {
    this.#openFiles += 1;
    return {
      read: async (at, length) => {
        await this.#look();
        this.onRead(path, at, length);
        return file.read(at, length);
      },
      write: (at, bytes) => this.#write(path, file, at, bytes),
      sync: async () => {
        this.#syncs += 1;
        try {
          await this.#change({ do: 'sync', path }, () => file.sync());
        } catch (error) {
          if (!this.#isOff) file.forget();
          throw error;
        }
      },
      truncate: (bytes) => this.#change({ do: 'truncate', path }, () => file.truncate(bytes)),
      close: () => {
        this.#openFiles -= 1;
        return Promise.resolve();
      },
    };
  }

  async #write(path: string, file: SimFile, at: number, bytes: Uint8Array): Promise<number> {
    let taken = 0;
    const take = (): void => {
      const room = this.capacityBytes - this.usedBytes + Math.max(0, file.length - at);
      taken = Math.max(0, Math.min(bytes.length, room));
      if (taken === 0 && bytes.length > 0) throw new SimError('ENOSPC', path);
      file.write(at, bytes.slice(0, taken));
      this.#writtenBytes += taken;
    };
    await this.#change({ do: 'write', path }, take, take);
    return taken;
  }

  #rename(paths: readonly string[], apply: (names: Map<string, SimFile>) => void): void {
    apply(this.#names);
    this.#changes.push({ folders: paths.map(folderOf), apply });
  }

  /** @param inCut what of it may have happened when the power goes in its midst */
  async #change(op: SimOp, apply: () => void, inCut: () => void = () => undefined): Promise<void> {
    await this.#look();
    await this.onOp(op);
    await this.#look();
    this.#ops += 1;
    this.#opsUntilCut -= 1;
    if (this.#opsUntilCut < 0) {
      inCut();
      this.#isOff = true;
      throw new SimError('EPOWER', op.path);
    }
    apply();
  }

  /** Nothing answers in the same turn. */
  async #look(): Promise<void> {
    await Promise.resolve();
    if (this.#isOff) throw new SimError('EPOWER', '');
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const isKept = (leftover: Leftover, rng: Rng): boolean => leftover === 'kept' || (leftover === 'torn' && rng() < 0.5);
