import { setTimeout as sleep } from 'node:timers/promises';

import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';

import type { Collector } from '../collect/collector.ts';
import { collectorsFor } from '../collect/collectors.ts';
import { type Measured, OWN, type Outcome, Runner } from '../collect/runner.ts';
import { systemClock } from '../host/clock.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';
import { thisHost } from './place.ts';

/** Rates and shares are of this long. */
const BETWEEN_MS = 1_000;
const FAST = new Set(['fast', 'minute'] as const);

/** Reads what the beat reads each minute, or the collectors that are named, and says what cannot be read and why. */
export const collect = async (args: Arguments): Promise<ExitCode> => {
  if (!args.switches.has('once')) throw new CliError(EXIT.usage, 'usage: fettle-agent collect --once [ID …] [--json]');
  const host = thisHost(readConfig(args).config);
  const collectors = chosen(collectorsFor(host.os), args.words);
  const runner = new Runner({ collectors, host, clock: systemClock });
  await runner.probeAll();
  const isNamed = args.words.length > 0;
  const outcomes = isNamed ? await readNamed(runner, args.words) : await readTwice(runner);
  const readings = outcomes.flatMap(({ measured }) => measured).map(shown);
  const sections = outcomes.flatMap((outcome) => outcome.sections ?? []);
  const unavailable = runner.report().flatMap((one) => (one.ok ? [] : [{ collector: one.id, ...one.reason }]));
  const isKnown = (outcome: Outcome) => unavailable.some(({ collector }) => collector === outcome.collector);
  const read = outcomes.filter(({ collector }) => collector !== OWN.id); // that they have not worked before is no news here
  const missing = [...unavailable, ...read.filter((outcome) => !isKnown(outcome)).flatMap(problems)];
  print(args.isJson, { readings, sections, missing }, [
    ...table(readings.map(({ metric, attributes, value, unit }) => [metric, textOf(attributes), `${value} ${unit}`])),
    ...sections.flatMap(({ title, facts, target = title }) =>
      facts.map(({ label, value }) => `${target}: ${label}: ${value}`),
    ),
    ...missing.map(({ collector, code, detail }) => `${collector}: not available (${code}): ${detail}`),
  ]);
  return outcomes.some((outcome) => outcome.failed && !isKnown(outcome)) ? EXIT.failure : EXIT.ok;
};

const chosen = (all: readonly Collector[], ids: readonly string[]): readonly Collector[] => {
  const unknown = ids.find((id) => !all.some((collector) => collector.id === id));
  if (unknown !== undefined) {
    const known = all.map(({ id }) => id).join(', ');
    throw new CliError(EXIT.usage, `There is no collector "${unknown}". There are: ${known}.`);
  }
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
};

/** Rates need two readings. */
const readTwice = async (runner: Runner): Promise<readonly Outcome[]> => {
  await runner.run(FAST);
  await sleep(BETWEEN_MS);
  return runner.run(FAST);
};

/** Once; those that need a second reading, and looks that are still under way, again until they have something to say. */
const readNamed = async (runner: Runner, ids: readonly string[]): Promise<readonly Outcome[]> => {
  const read = async (of: readonly string[]) =>
    (await Promise.all(of.map((id) => runner.runNow(id)))).filter((one) => one !== undefined);
  let outcomes: readonly Outcome[] = await read(ids);
  for (let waitedMs = 0; waitedMs < LOOKS_MAX_MS; waitedMs += BETWEEN_MS) {
    const isFirst = waitedMs === 0;
    const early = outcomes.filter((one) => isUnderWay(one) || (isFirst && isEmpty(one)));
    if (early.length === 0) break;
    await sleep(BETWEEN_MS);
    const again = await read(early.map(({ collector }) => collector));
    outcomes = outcomes.map((one) => again.find(({ collector }) => collector === one.collector) ?? one);
  }
  return outcomes;
};

/** The first looks at targets take their time. */
const LOOKS_MAX_MS = 20_000;
const isUnderWay = ({ collector, partial }: Outcome): boolean =>
  collector === 'checks' && partial.some(({ code }) => code === 'timeout');
/** Rates are of two readings. */
const isEmpty = ({ measured, failed }: Outcome): boolean => measured.length === 0 && !failed;

const textOf = (attributes: Measured['attributes']): string => Object.values(attributes).join(' ');

const shown = ({ metric, attributes, integer }: Measured) => {
  const spec = findMetric(metric);
  return { metric, attributes, value: spec ? natural(spec, integer) : integer, unit: spec?.unit ?? '' };
};

const problems = ({ collector, failed, partial }: Outcome) =>
  [...(failed ? [failed] : []), ...partial].map((reason) => ({ collector, ...reason }));
