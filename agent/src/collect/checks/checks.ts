// What is known of the targets that this machine's administrator declared: the newest look of each, as a child tells it.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { CheckNews, Host } from '../../host/host.ts';
import {
  type Collector,
  DETAIL_MAX_BYTES,
  type Reading,
  type Section,
  available,
  reasonOf,
  unavailable,
} from '../collector.ts';
import { fact } from '../facts.ts';
import { inCatalogue } from '../samples.ts';
import { type CheckLine, checkLine } from './check-line.schema.ts';
import { type Check, checksOf } from './check.ts';

/** Declared targets are looked at alike from everywhere. */
const PROVIDES: readonly MetricName[] = linux.checks.provides;

export const checks = (): Collector => ({
  id: 'checks',
  ...linux.checks,
  timeoutMs: 3_000,
  probe: ({ declared }) => {
    const count = declared.check.length;
    const none = unavailable('no_hardware', 'no [[check]] is declared in the file of this agent');
    return Promise.resolve(count === 0 ? none : available(`${count} declared in the file of this agent`));
  },
  collect: (host) => Promise.resolve(readingOf(host)),
});

type Seen = { readonly check: Check; readonly line: CheckLine | undefined };

const readingOf = (host: Host): Reading => {
  const news = host.checks();
  const seen = checksOf(host.declared.check).map((check) => ({ check, line: lineOf(check, news) }));
  const missing = seen.flatMap(missingOf);
  const isDead = news.problem !== undefined && seen.every(({ line }) => line === undefined);
  return {
    samples: samplesOf(seen.flatMap(({ line }) => line?.samples ?? [])),
    // also what is merely late: what has no reading now is not gone
    partial: missing,
    sections: sectionsOf(seen),
    cost: news.cost,
    ...(isDead && { failed: reasonOf(news.problem) }),
  };
};

/** Looks that may fail to come before what is known is out of date. */
const LATE_LOOKS = 2.5;

const lineOf = ({ index, everyMs }: Check, { lines }: CheckNews): CheckLine | undefined => {
  const found = lines.get(index);
  if (!found || found.ageMs > LATE_LOOKS * everyMs) return undefined;
  const parsed = checkLine.safeParse(found.value);
  return parsed.success ? parsed.data : undefined;
};

const missingOf = ({ check: { target, what }, line }: Seen): readonly Reason[] => {
  const name = `${target}/${what}`;
  if (!line) return [{ code: 'timeout', detail: cleanText(`${name}: not looked at yet`, DETAIL_MAX_BYTES) }];
  if (line.verdict !== 'unknown' || !line.reason) return [];
  return [{ ...line.reason, detail: cleanText(`${name}: ${line.reason.detail}`, DETAIL_MAX_BYTES) }];
};

/** What rules judge comes first: where there are too many, what is only charted is left out. */
const samplesOf = (samples: CheckLine['samples']): readonly Sample[] =>
  inCatalogue(samples).toSorted((a, b) => PROVIDES.indexOf(a.metric) - PROVIDES.indexOf(b.metric));

/** One for each target: what was found, and what each look came to. */
const sectionsOf = (seen: readonly Seen[]): readonly Section[] =>
  [...Map.groupBy(seen, ({ check }) => check.target)].map(([target, ofTarget]) => ({
    id: `target/${target}`,
    title: 'Checks',
    target,
    facts: ofTarget.flatMap(factsOf).slice(0, FACTS_MAX),
  }));

/** So many fit into a record. */
const FACTS_MAX = 60;

const factsOf = ({ check, line }: Seen): Section['facts'] => {
  if (!line) return [];
  const verdict = line.reason ? `${line.verdict}: ${line.reason.detail}` : line.verdict;
  return [...fact(check.what, verdict), ...line.facts];
};
