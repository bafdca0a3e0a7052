import { Random } from '../sim/random.ts';

/** Chance that comes again with its seed. */
export class Chance extends Random {
  /** 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  is(share: number): boolean {
    return this.chance(share);
  }

  of<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }
}
