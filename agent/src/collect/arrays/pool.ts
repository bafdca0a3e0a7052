import type { ArrayState } from './md.parse.ts';

/** An array or pool of any kind. */
export type Pool = {
  /** Lasting: its uuid, where it has one. */
  readonly id: string;
  readonly name: string;
  /** For people. */
  readonly about: string;
  /** undefined: a file system on one disk, which is no array. */
  readonly state?: ArrayState;
  readonly missing?: number;
  /** Counted since it was made, or since someone set them to 0. */
  readonly errors?: number;
};
