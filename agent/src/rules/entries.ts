// All that is remembered, by rule and instance. Bounded: what does not fit is counted.
import type { Entry } from './entry.ts';

const ENTRIES_MAX = 2_000;
const NONE: ReadonlyMap<string, Entry> = new Map();

export class Entries {
  readonly #byRule = new Map<string, Map<string, Entry>>();
  #size = 0;
  #dropped = 0;

  /** Entries that were not taken because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  get all(): readonly Entry[] {
    return [...this.#byRule.values()].flatMap((entries) => [...entries.values()]);
  }

  /** Of one rule, by instance: what is removed while it is gone through is left out, nothing else. */
  of(rule: string): ReadonlyMap<string, Entry> {
    return this.#byRule.get(rule) ?? NONE;
  }

  /** @returns false when there is no room for it */
  add(entry: Entry): boolean {
    const { id } = entry.rule.rule;
    const entries = this.#byRule.get(id) ?? new Map<string, Entry>();
    if (!entries.has(entry.instance)) {
      if (this.#size >= ENTRIES_MAX) {
        this.#dropped += 1;
        return false;
      }
      this.#size += 1;
    }
    this.#byRule.set(id, entries.set(entry.instance, entry));
    return true;
  }

  remove({ rule, instance }: Entry): void {
    if (this.#byRule.get(rule.rule.id)?.delete(instance)) this.#size -= 1;
  }
}
