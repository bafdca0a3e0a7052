// What is said of sensors beside their values: once what each is, and from then on when one that worked gives nothing.
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { DETAIL_MAX_BYTES, type Section } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import type { Part } from './part.ts';
import type { Value } from './read.ts';

export class Told {
  /** Have given a value since they were found. The others are most often not connected: a fact, not a failure. */
  readonly #working = new Set<string>();
  #isNew = true;

  tell(values: readonly Value[]): { readonly partial: readonly Reason[]; readonly sections?: readonly Section[] } {
    for (const { part, value } of values) if (value !== undefined) this.#working.add(part.id);
    const partial = failures(values.filter(({ part }) => this.#working.has(part.id)));
    if (!this.#isNew) return { partial };
    this.#isNew = false;
    return { partial, sections: [sectionOf(values)] };
  }
}

/** One reason of each kind: a chip of twenty sensors that fails is one failure. */
const failures = (values: readonly Value[]): readonly Reason[] => {
  const failed = values.flatMap(({ part, why }) => (why ? [{ part, ...why }] : []));
  const named = (some: typeof failed) =>
    cleanText(some.map(({ part, detail }) => `${part.name}: ${detail}`).join('; '), DETAIL_MAX_BYTES);
  return ([true, false] as const).flatMap((isTimeout) => {
    const some = failed.filter((one) => one.isTimeout === isTimeout);
    return some.length === 0 ? [] : [{ code: isTimeout ? 'timeout' : 'service_broken', detail: named(some) } as const];
  });
};

const sectionOf = (values: readonly Value[]): Section => ({
  id: 'sensors',
  title: 'Sensors',
  facts: onePage(values.flatMap(({ part, why }) => fact(part.name, why ? `no reading: ${why.detail}` : about(part)))),
});

const about = ({ kind, limit }: Part): string => {
  if (kind === 'fan') return 'fan';
  return limit ? `too hot at ${limit.celsius} °C (${limit.from})` : 'no limit is known';
};
