// What a back-test tells: every episode of a rule, the tickets that they would have been, and what another version makes other.
import type { Severity } from '@fettle/shared/alert/alert';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import type { Told } from '@fettle/shared/rule/replay';
import type { DeviceClass } from '@fettle/shared/rule/scope';
import { MISSING, newestOf } from '@fettle/shared/rule/window';
import { HOUR_MS } from '@fettle/shared/time';

import { wantsTicket } from '../ticket/policy.ts';

export type Episode = {
  readonly device: string;
  readonly instance: string;
  readonly fromMs: number;
  /** null: it went on at the end of what was looked at. */
  readonly toMs: number | null;
  readonly peak: Severity;
  readonly ticket: boolean;
};

/** Within this after an end the same problem reopens its ticket. */
const REOPEN_MS = 72 * HOUR_MS;

type Open = { fromMs: number; peak: Severity; isTicket: boolean; afterMs: number };

/** Gathers the episodes of one rule on one device. */
export class EpisodeLog {
  readonly #rule: CompiledRule;
  readonly #device: { readonly id: string; readonly class: DeviceClass };
  readonly #open = new Map<string, Open>();
  readonly #ticketEnd = new Map<string, number>();
  readonly episodes: Episode[] = [];
  tickets = 0;

  constructor(rule: CompiledRule, device: { readonly id: string; readonly class: DeviceClass }) {
    this.#rule = rule;
    this.#device = device;
  }

  readonly note = (told: Told): void => {
    const { change, level, instance, at } = told;
    const severity = this.#rule.rule.levels[level]?.severity ?? 'critical';
    const open = this.#open.get(instance);
    if (change === 'resolve') {
      if (open) this.#end(instance, open, at);
      return;
    }
    const current = open ?? { fromMs: at, peak: severity, isTicket: false, afterMs: Number.POSITIVE_INFINITY };
    if (severity === 'critical') current.peak = severity;
    const wanted = wantsTicket(this.#rule.rule.ticket, this.#device.class, {
      severity,
      evidence: this.#evidence(told),
    });
    if (wanted.at === 'now') current.isTicket = true;
    if (wanted.at === 'later') current.afterMs = wanted.afterMs;
    this.#open.set(instance, current);
  };

  /** What is open goes on beyond what was looked at. */
  finish(atMs: number): void {
    for (const [instance, open] of this.#open) this.#end(instance, open, atMs, null);
  }

  #end(instance: string, open: Open, atMs: number, toMs: number | null = atMs): void {
    this.#open.delete(instance);
    const ticket = open.isTicket || atMs - open.fromMs >= open.afterMs;
    const { fromMs, peak } = open;
    this.episodes.push({ device: this.#device.id, instance, fromMs, toMs, peak, ticket });
    if (!ticket) return;
    if (fromMs - (this.#ticketEnd.get(instance) ?? Number.NEGATIVE_INFINITY) > REOPEN_MS) this.tickets += 1;
    this.#ticketEnd.set(instance, atMs);
  }

  #evidence({ window }: Told) {
    return this.#rule.metrics.flatMap((metric, column) => {
      const integer = newestOf(window, column);
      const spec = findMetric(metric);
      return spec && integer !== MISSING ? [{ metric, value: natural(spec, integer) }] : [];
    });
  }
}

export type Compared = {
  readonly onlyA: readonly Episode[];
  readonly onlyB: readonly Episode[];
  readonly both: number;
};

/** Episodes of one device and instance that overlap are the same problem. */
export const compared = (a: readonly Episode[], b: readonly Episode[]): Compared => {
  const onlyA = unmatched(a, b);
  return { onlyA, onlyB: unmatched(b, a), both: a.length - onlyA.length };
};

const keyOf = ({ device, instance }: Episode): string => JSON.stringify([device, instance]);

const unmatched = (these: readonly Episode[], those: readonly Episode[]): readonly Episode[] => {
  const byKey = Map.groupBy(those, keyOf);
  return these.filter((one) => !byKey.get(keyOf(one))?.some((other) => overlaps(one, other)));
};

const overlaps = (one: Episode, other: Episode): boolean =>
  one.fromMs <= (other.toMs ?? Number.POSITIVE_INFINITY) && other.fromMs <= (one.toMs ?? Number.POSITIVE_INFINITY);
