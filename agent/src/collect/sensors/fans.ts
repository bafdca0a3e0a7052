import { DAY_MS, HOUR_MS } from '@fettle/shared/time';

import type { Host } from '../../host/host.ts';
import { type FanMemory, fanMemory } from './fan-memory.schema.ts';

const ID = 'fans';
/** A fan that has not turned for longer does not belong to this machine's cooling: an empty connector, a fan that may rest. */
const WAS_TURNING_MS = DAY_MS;
/** How far what is written down may lag behind while a fan turns: each write costs a disk something. */
const WRITE_EVERY_MS = 6 * HOUR_MS;
const FORGET_MS = 30 * DAY_MS;

/** The catalogue's numbers of `fettle.fan.state`. */
export const FAN = { still: 0, turning: 1, stalled: 2 } as const;

export type FanState = keyof typeof FAN;

export class Fans {
  readonly #host: Pick<Host, 'memory' | 'wallMs'>;
  #known: FanMemory;
  #isChanged = false;

  constructor(host: Pick<Host, 'memory' | 'wallMs'>) {
    this.#host = host;
    const kept = fanMemory.safeParse(host.memory.read(ID));
    this.#known = kept.success ? kept.data : {};
  }

  /** @param isHot what it should cool is hot: a fan that may rest would not, now */
  stateOf(id: string, rpm: number, isHot: boolean): FanState {
    const nowMs = this.#host.wallMs();
    const last = this.#known[id];
    if (rpm > 0) {
      const isOld = !last || last.isStalled || Math.abs(nowMs - last.turnedMs) > WRITE_EVERY_MS;
      if (isOld) this.#note(id, { turnedMs: nowMs, isStalled: false });
      return 'turning';
    }
    if (!last || !isHot) return 'still';
    // once stalled it stays so, however long nobody mends it
    if (!last.isStalled && nowMs - last.turnedMs > WAS_TURNING_MS) return 'still';
    if (!last.isStalled) this.#note(id, { ...last, isStalled: true });
    return 'stalled';
  }

  /** Written down only when something changed. */
  save(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#host.memory.write(ID, this.#known);
  }

  #note(id: string, seen: FanMemory[string]): void {
    const nowMs = this.#host.wallMs();
    const recent = Object.entries(this.#known).filter(([, { turnedMs }]) => nowMs - turnedMs < FORGET_MS);
    this.#known = { ...Object.fromEntries(recent), [id]: seen };
    this.#isChanged = true;
  }
}
