// The segment that is being written. What it says was written is on the disk; what failed is cut back, and where that is not sure
// the tail is broken: nothing is added to it any more, and the next segment begins with what this one may not have.
import { codeOf } from '@fettle/shared/error';

import type { SpoolDisk, SpoolFile } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';
import { type Segment, pathOf } from './segment.ts';
import { writeAll } from './write-all.ts';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export const isFull = (error: unknown): boolean => FULL.has(codeOf(error));

export class Tail {
  readonly segment: Segment;
  /** Numbers whose long form this segment has said. */
  readonly named = new Set<number>();
  readonly #disk: SpoolDisk;
  readonly #file: SpoolFile;
  #isNameSafe: boolean;
  #isBroken = false;

  constructor(disk: SpoolDisk, file: SpoolFile, segment: Segment) {
    this.#disk = disk;
    this.#file = file;
    this.segment = segment;
    this.#isNameSafe = segment.bytes > 0;
  }

  /** A new one; its name is safe with its first bytes. @throws as fs does */
  static async begin(disk: SpoolDisk, lane: Lane, place: Pick<Segment, 'serial' | 'first'>): Promise<Tail> {
    const path = pathOf(lane, { ...place, isThinned: false });
    const segment: Segment = { ...place, isThinned: false, path, bytes: 0, gaps: [] };
    return new Tail(disk, await disk.open(path, 'write'), segment);
  }

  /** Goes on after what was found whole. @throws as fs does */
  static async goOn(disk: SpoolDisk, segment: Segment): Promise<Tail> {
    const file = await disk.open(segment.path, 'write');
    const tail = new Tail(disk, file, segment);
    try {
      await file.truncate(segment.bytes); // a torn end
    } catch (error) {
      await tail.close();
      throw error;
    }
    return tail;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** On the disk when it resolves. @throws as fs does, and then nothing of it counts */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file, this.segment.bytes, bytes);
    } catch (error) {
      await this.#cutBack(error);
      throw error;
    }
    try {
      await this.#sync();
    } catch (error) {
      this.#isBroken = true; // the kernel may have let go of what it could not write, and a second sync would not tell
      throw error;
    }
    this.segment.bytes += bytes.length;
  }

  /** @returns fewer bytes at the end of what is safe */
  read(at: number, length: number): Promise<Uint8Array> {
    return this.#file.read(at, length);
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined); // what matters is synced
  }

  async #cutBack(error: unknown): Promise<void> {
    this.#isBroken = !isFull(error);
    await this.#file.truncate(this.segment.bytes).catch(() => {
      this.#isBroken = true;
    });
  }

  async #sync(): Promise<void> {
    await this.#file.sync();
    if (this.#isNameSafe) return;
    await this.#disk.syncFolder(this.segment.path.slice(0, this.segment.path.lastIndexOf('/')));
    this.#isNameSafe = true;
  }
}
