// The committer's law in simulated time: groups of what came within 10 ms, one group at work, fates told when it is on the disk.
import type { Outcome, Result, WriterEvent } from '@fettle/server/domain/event';
import { GATHER_MS, GROUP_MAX } from '@fettle/server/thread/committer';

import type { World } from './world.ts';

/** The way of the answer from the writer's thread. */
const ANSWER_MS = 1;

type Waiting = { readonly event: WriterEvent; readonly resolve: (outcome: Outcome) => void };

export type CommitterParts = {
  readonly world: World;
  /** How long the disk takes for the next group. */
  readonly diskMs: () => number;
  readonly write: (events: readonly WriterEvent[]) => readonly Result[];
  readonly isDead: () => boolean;
};

export class SimCommitter {
  readonly #parts: CommitterParts;
  readonly #queue: Waiting[] = [];
  #isAtWork = false;
  #isGathering = false;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  readonly commit = (event: WriterEvent): Promise<Outcome> => {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#queue.push({ event, resolve });
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.#parts.world.after(GATHER_MS, () => this.#send());
    }
    return promise;
  };

  #send(): void {
    const { world, diskMs, isDead } = this.#parts;
    this.#isGathering = false;
    if (isDead() || this.#isAtWork || this.#queue.length === 0) return;
    this.#isAtWork = true;
    const group = this.#queue.splice(0, GROUP_MAX);
    world.after(diskMs(), () => this.#write(group));
  }

  #write(group: readonly Waiting[]): void {
    const { world, write, isDead } = this.#parts;
    if (isDead()) return;
    const results = write(group.map(({ event }) => event));
    world.after(ANSWER_MS, () => {
      if (isDead()) return;
      this.#isAtWork = false;
      this.#send();
      for (const [index, { resolve }] of group.entries()) {
        const result = results[index];
        if (result) resolve(result.outcome);
      }
    });
  }
}
