import { setTimeout as sleep } from 'node:timers/promises';

import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';

import { collectorsFor } from '../collect/collectors.ts';
import type { Measured, Outcome } from '../collect/runner.ts';
import { Runner } from '../collect/runner.ts';
import { systemClock } from '../host/clock.ts';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';
import { thisHost } from './place.ts';

/** Rates and shares are of this long. */
const BETWEEN_MS = 1_000;
const TIERS = new Set(['fast', 'minute'] as const);

/** Reads everything that the beat reads, and says what cannot be read and why. */
export const collect = async (args: Arguments): Promise<ExitCode> => {
  if (!args.switches.has('once')) throw new CliError(EXIT.usage, 'usage: fettle-agent collect --once [--json]');
  const host = thisHost();
  const runner = new Runner({ collectors: collectorsFor(host.os), host, clock: systemClock });
  const capabilities = await runner.probeAll();
  await runner.run(TIERS);
  await sleep(BETWEEN_MS);
  const outcomes = await runner.run(TIERS);
  const readings = outcomes.flatMap(({ measured }) => measured).map(shown);
  const missing = [
    ...capabilities.flatMap((one) => (one.ok ? [] : [{ collector: one.id, ...one.reason }])),
    ...outcomes.flatMap(problems),
  ];
  print(args.isJson, { readings, missing }, [
    ...table(
      readings.map(({ metric, attributes, value, unit }) => [
        metric,
        Object.values(attributes).join(' '),
        `${value} ${unit}`,
      ]),
    ),
    ...missing.map(({ collector, code, detail }) => `${collector}: not available (${code}): ${detail}`),
  ]);
  return outcomes.some(({ failed }) => failed) ? EXIT.failure : EXIT.ok;
};

const shown = ({ metric, attributes, integer }: Measured) => {
  const spec = findMetric(metric);
  return { metric, attributes, value: spec ? natural(spec, integer) : integer, unit: spec?.unit ?? '' };
};

const problems = ({ collector, failed, partial }: Outcome) =>
  [...(failed ? [failed] : []), ...partial].map((reason) => ({ collector, ...reason }));
