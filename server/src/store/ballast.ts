// Space put by for the day when the disk is full: a file of noise that shrinks by a slice whenever a change of importance needs one.
// In slices, because whatever filled the disk takes what is given up at once. What it is worth is the file's own length: any
// process may give of it, and a kill at any moment leaves a shorter ballast, to be filled up again.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, statSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const MAX_BYTES = 64 * MIB;
/** Of the volume: small disks cannot spare 64 MiB. */
const SHARE = 16;
const SLICES = 16;
/** With less than this free at a start not even the databases can be opened. */
const BREATH_BYTES = 256 * 1024;

export class Ballast {
  readonly #folder: string;
  readonly #path: string;
  #isFilling = false;
  /** Since the filling began: what was given up is not to be taken back at once. */
  #isStopped = false;

  /** @param folder the data folder */
  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'ballast');
  }

  /** What it should weigh on this volume. */
  get fullBytes(): number {
    const { blocks, bsize } = statfsSync(this.#folder);
    return Math.min(MAX_BYTES, Math.floor((blocks * bsize) / SHARE));
  }

  get bytes(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Gives up a slice. @returns false when nothing is left of it, or a disk in trouble does not let go of it */
  give(): boolean {
    this.#isStopped = true;
    try {
      const { bytes } = this;
      if (bytes > 0) this.#shorten(Math.max(0, bytes - Math.ceil(this.fullBytes / SLICES)));
      return bytes > 0;
    } catch {
      return false;
    }
  }

  #shorten(bytes: number): void {
    const file = openSync(this.#path, 'r+');
    try {
      ftruncateSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** So that the databases can be opened on a disk that is full. */
  breathe(): void {
    if (this.#freeBytes() < BREATH_BYTES) this.give();
  }

  /** @returns whether there is room for what it lacks and for as much again: then what it lacks is put by from here on */
  look(): boolean {
    const lacking = this.#lacking();
    const isRoomy = this.#freeBytes() >= lacking + this.fullBytes;
    if (isRoomy && lacking > 0 && !this.#isFilling) void this.#fill();
    return isRoomy;
  }

  /** What is being put by stays as far as it has come. */
  stop(): void {
    this.#isStopped = true;
  }

  /** In slices, without holding up the thread. A disk that is full again ends it: what is there stays. */
  async #fill(): Promise<void> {
    this.#isStopped = false;
    this.#isFilling = true;
    try {
      const noise = randomBytes(MIB); // some file systems keep zeros for nothing
      await using file = await open(this.#path, 'a', 0o600);
      for (let lacking = this.#lacking(); lacking > 0 && !this.#isStopped; lacking = this.#lacking()) {
        await file.write(noise, 0, Math.min(noise.length, lacking));
        await file.datasync();
      }
    } catch {
      // the next look tries again
    } finally {
      this.#isFilling = false;
    }
  }

  #lacking(): number {
    return this.fullBytes - this.bytes;
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }
}
