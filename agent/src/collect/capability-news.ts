// Is what the collectors can read worth telling again? When it changed, and now and then for what each costs.
import { HOUR_MS } from '@fettle/shared/time';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';

const COSTS_EVERY_MS = HOUR_MS;

export class CapabilityNews {
  #known = '';
  #toldMs = Number.NEGATIVE_INFINITY;

  /** Asked with what will be told then. */
  isNews(collectors: CapabilityReport['collectors'], nowMs: number): boolean {
    const known = JSON.stringify(
      collectors.map((one) => ({ ...one, ledger: one.ledger?.partial?.map(({ code }) => code) })),
    );
    if (known === this.#known && nowMs - this.#toldMs < COSTS_EVERY_MS) return false;
    this.#known = known;
    this.#toldMs = nowMs;
    return true;
  }
}
